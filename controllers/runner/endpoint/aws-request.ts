import { hash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../runtime/clock';
import { RequestSigner, strictEncode } from '../../storage-initializer/sources/s3/request-signature';
import type { Authentication } from './endpoint-settings';
import type { RequestHeaders } from './request-headers';

type AwsAuthentication = Extract<Authentication, { kind: 'aws' }>;

/** Fields that are part of the signature; others may be changed on the way. */
const signedFields = /^(content-type|x-amz-.*)$/;

/** Adds AWS' signature, version 4, to requests. */
export class AwsRequests {
  private readonly signer: RequestSigner;

  constructor(
    private readonly authentication: AwsAuthentication,
    clock: Clock,
  ) {
    this.signer = new RequestSigner(clock, authentication.service);
  }

  /** @returns the fields of the request with those of the signature */
  sign({ origin, path, method, body }: Dispatcher.DispatchOptions, headers: RequestHeaders): RequestHeaders {
    const { accessKeyId, secretAccessKey, region, service } = this.authentication;
    const [plain = '/', query = ''] = path.split(/\?(.*)/s, 2);
    const signed = Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' && signedFields.test(name) ? [[name, value] as const] : [],
      ),
    );
    return {
      ...headers,
      ...this.signer.sign(
        {
          method,
          host: new URL(String(origin)).host,
          // All services but S3 want the path, encoded as it is, encoded once more.
          path: service === 's3' ? plain : plain.split('/').map(strictEncode).join('/'),
          query: canonicalQuery(query),
          headers: { ...signed, 'x-amz-content-sha256': bodyHash(body) },
        },
        { accessKeyId, secretAccessKey },
        region,
      ),
    };
  }
}

/** A query as it is sent, in the form that is signed: encoded in one way, sorted; names may come more than once. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
      return `${strictEncode(decoded(name))}=${strictEncode(decoded(value))}`;
    })
    .sort()
    .join('&');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function bodyHash(body: Dispatcher.DispatchOptions['body']): string {
  if (body === undefined || body === null) return hash('sha256', '');
  // What is sent as it is made can't be hashed before it; services that allow that are told so.
  return typeof body === 'string' || body instanceof Uint8Array ? hash('sha256', body) : 'UNSIGNED-PAYLOAD';
}
