import { createHmac, hash } from 'node:crypto';
import type { Clock } from '../../../runtime/clock';

/** What requests are signed with. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request, with names and values in the form in which they are sent. */
export interface UnsignedRequest {
  readonly method: string;
  /** With the port, when it is not the scheme's. */
  readonly host: string;
  /** Percent-encoded once, as S3 wants it. */
  readonly path: string;
  /** Encoded, sorted by name; empty when there is none. */
  readonly query: string;
  /** Names in lower case. `x-amz-content-sha256` says whether there is a body. */
  readonly headers: Readonly<Record<string, string>>;
}

const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Proxies change them: signing them would make requests fail that are as they should be. */
const unsignedFields: ReadonlySet<string> = new Set(['accept-encoding', 'user-agent']);

/**
 * Signs requests to S3 with signature version 4.
 *
 * Our own: one hash and one HMAC a request, everything else of a day is kept. Ten thousand small files are signed in the time that the
 * usual libraries need for a few thousand (docs/decisions/storage-initializer/s3.md).
 */
export class RequestSigner {
  private second = -1;
  private timestamp = '';
  private keyOf = '';
  private key: PaddedKey = { inner: Buffer.alloc(0), outer: Buffer.alloc(0) };

  /** @param service for the servers of other services: an endpoint Secret may describe one */
  constructor(
    private readonly clock: Clock,
    private readonly service = 's3',
  ) {}

  /** @returns the fields of the request with those of the signature */
  sign(request: UnsignedRequest, keys: SigningKeys, region: string): Record<string, string> {
    const timestamp = this.now();
    const date = timestamp.slice(0, 8);
    const scope = `${date}/${region}/${this.service}/aws4_request`;
    const headers: Record<string, string> = {
      'x-amz-content-sha256': hashOfNothing,
      ...request.headers,
      'x-amz-date': timestamp,
      ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
    };
    const names = Object.keys(headers).filter((name) => !unsignedFields.has(name));
    names.push('host');
    names.sort();
    let fields = '';
    for (const name of names) fields += `${name}:${(name === 'host' ? request.host : (headers[name] ?? '')).trim()}\n`;
    const signed = names.join(';');
    const body = headers['x-amz-content-sha256'];
    const canonical = `${request.method}\n${request.path}\n${request.query}\n${fields}\n${signed}\n${body}`;
    const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', canonical)}`;
    const { inner, outer } = this.paddedKey(keys, date, region);
    const signature = hash(
      'sha256',
      Buffer.concat([outer, hash('sha256', Buffer.concat([inner, Buffer.from(toSign)]), 'buffer')]),
    );
    headers['authorization'] =
      `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return headers;
  }

  /** `20130524T000000Z`. */
  private now(): string {
    const second = Math.floor(this.clock.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.timestamp = new Date(second * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    }
    return this.timestamp;
  }

  /**
   * The key of a day, as HMAC (RFC 2104) puts it before the text and before the hash. Kept like this since `createHmac` looks for its
   * algorithm each time: 23 us where two hashes take 4.
   */
  private paddedKey({ secretAccessKey }: SigningKeys, date: string, region: string): PaddedKey {
    const keyOf = `${secretAccessKey}/${date}/${region}`;
    if (keyOf !== this.keyOf) {
      const key = [date, region, this.service, 'aws4_request'].reduce<Buffer>(
        (previous, text) => createHmac('sha256', previous).update(text).digest(),
        Buffer.from(`AWS4${secretAccessKey}`),
      );
      this.key = { inner: padded(key, 0x36), outer: padded(key, 0x5c) };
      this.keyOf = keyOf;
    }
    return this.key;
  }
}

interface PaddedKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** A key as long as a block of SHA-256. */
function padded(key: Buffer, pad: number): Buffer {
  const block = Buffer.alloc(64, pad);
  key.forEach((byte, index) => (block[index] = byte ^ pad));
  return block;
}

/** Percent-encodes everything but what the signature leaves as it is: letters, digits and `-._~`. @throws URIError for half a surrogate */
export function strictEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A query as the signature wants it: encoded and sorted. */
export function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.keys(parameters)
    .sort()
    .map((name) => `${strictEncode(name)}=${strictEncode(parameters[name] ?? '')}`)
    .join('&');
}
