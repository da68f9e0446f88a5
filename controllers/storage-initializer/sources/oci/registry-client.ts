import * as z from 'zod';
import { causeText } from '../../../runtime/cause-text';
import {
  isConnectionError,
  isTransientStatus,
  type BodySink,
  type HttpClient,
  type HttpRequest,
  type TextAnswer,
} from '../../http/http-client';
import { refusalWords } from '../../http/refusal-words';
import { StorageError, storageFailure } from '../../storage-error';
import { parseChallenge } from './challenge';
import type { RegistryCredentials } from './docker-config';
import { isOnThisMachine, type ImageReference } from './image-reference';
import { basic, registryToken } from './registry-token';

const errorsSchema = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().optional() })) });

/**
 * Requests to the repository of an image. Nobody is asked for credentials who does not want them: the first request goes without, and an
 * answer of 401 says who is to be asked, in the beginning and whenever a token has expired.
 */
export class RegistryClient {
  private authorization: string | undefined;
  private base: string | undefined;

  constructor(
    private readonly image: ImageReference,
    private readonly credentials: RegistryCredentials,
    private readonly http: HttpClient,
  ) {
    if (credentials.kind === 'bearer') this.authorization = `Bearer ${credentials.token}`;
  }

  /** A manifest. @throws StorageError */
  async manifest(reference: string, accept: string, signal: AbortSignal): Promise<TextAnswer> {
    const answer = await this.connected(signal, () =>
      this.authorized(signal, (authorization) => {
        return this.http.send(this.request(`manifests/${reference}`, { accept, ...authorization }), signal);
      }),
    );
    if (answer.status !== 200) throw this.failure(answer);
    return answer;
  }

  /** The bytes of a blob, from `start` on as far as the registry can. @returns the answer, whatever its status */
  async blob(digest: string, start: number, sink: BodySink, signal: AbortSignal): Promise<TextAnswer> {
    const range: Readonly<Record<string, string>> = start === 0 ? {} : { range: `bytes=${start}-` };
    return this.authorized(signal, (authorization) =>
      this.http.download(this.request(`blobs/${digest}`, { ...range, ...authorization }), sink, signal),
    );
  }

  /** What an answer other than success means. */
  failure({ status, body, url }: TextAnswer): StorageError {
    const { name } = this.image;
    const cause = `${new URL(url).host} answered ${status}${registryErrors(body)}`;
    if (status === 401) return storageFailure('OCI', 'credentials', name, cause);
    if (status === 403) return storageFailure('OCI', 'denied', name, cause);
    if (status === 404) return storageFailure('OCI', 'not-found', name, cause);
    if (isTransientStatus(status)) return new StorageError('connection', `OCI error: ${name}: ${cause}`);
    return storageFailure('OCI', 'other', name, `${name}: ${cause}`);
  }

  /** An error of the connection, in KServe's words. */
  connectionFailure(error: unknown): StorageError {
    return storageFailure('OCI', 'connection', this.image.host, causeText(error));
  }

  private request(path: string, headers: Readonly<Record<string, string>>): HttpRequest {
    return { url: `${this.base}/v2/${this.image.repository}/${path}`, headers, redirects: {} };
  }

  private async authorized(
    signal: AbortSignal,
    send: (authorization: Readonly<Record<string, string>>) => Promise<TextAnswer>,
  ): Promise<TextAnswer> {
    this.base ??= await this.findBase(signal);
    const fields = () => (this.authorization === undefined ? {} : { authorization: this.authorization });
    const answer = await send(fields());
    // Only the registry itself may ask: the place that it has redirected to has no business with our credentials.
    if (answer.status !== 401 || new URL(answer.url).origin !== new URL(this.base).origin) return answer;
    const authorization = await this.authorize(answer, signal);
    if (authorization === undefined) return answer;
    this.authorization = authorization;
    return send(fields());
  }

  /** The answer to a challenge; undefined when there is none. */
  private async authorize({ headers }: TextAnswer, signal: AbortSignal): Promise<string | undefined> {
    const challenge = parseChallenge(headers['www-authenticate']);
    if (challenge?.scheme === 'bearer' && this.credentials.kind !== 'bearer') {
      const secure = this.base?.startsWith('https:') === true;
      const scope = `repository:${this.image.repository}:pull`;
      return registryToken(challenge, this.credentials, { http: this.http, secure, scope, signal });
    }
    return challenge?.scheme === 'basic' && this.credentials.kind === 'password' ? basic(this.credentials) : undefined;
  }

  /** HTTPS, but for a registry on this machine that does not speak TLS: docker does the same. */
  private async findBase(signal: AbortSignal): Promise<string> {
    const { host } = this.image;
    if (!isOnThisMachine(host)) return `https://${host}`;
    try {
      await this.http.send({ url: `https://${host}/v2/` }, signal, 1);
    } catch (error) {
      if (isConnectionError(error) && /^(?:ERR_SSL_|EPROTO$)/.test(error.code)) return `http://${host}`;
    }
    return `https://${host}`;
  }

  private async connected<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (signal.aborted || !isConnectionError(error)) throw error;
      throw this.connectionFailure(error);
    }
  }
}

/** The first error of a registry's answer: `: MANIFEST_UNKNOWN: manifest unknown`. */
function registryErrors(body: string): string {
  try {
    const [first] = errorsSchema.parse(JSON.parse(body)).errors;
    if (first === undefined) return '';
    return `: ${refusalWords([first.code, first.message ?? ''].filter((part) => part !== '').join(': '))}`;
  } catch {
    return '';
  }
}
