import { causeText } from '../../../runtime/cause-text';
import {
  isConnectionError,
  isSuccess,
  isTransientStatus,
  type HttpRequest,
  type TextAnswer,
} from '../../http/http-client';
import type { SourceContext } from '../../source';
import { StorageError, storageFailure } from '../../storage-error';
import { TransientFailure, withAttempts } from '../../transfer/attempts';
import { Progress } from '../../transfer/progress';
import { parseAdvertisement, type Advertisement } from './advertisement';
import { flushLine, GitProtocolError, pktLine, PktLineReader } from './pkt-line';
import type { RepositoryAddress } from './repository-address';

/** Tries of a pack: it can't be resumed, each one begins at the first byte. */
const packAttempts = 3;

/** Takes the bytes of a pack. */
export interface PackSink {
  /** Bytes follow from the first one on; what came before is void. */
  begin(): void;
  data(chunk: Buffer): Promise<void> | undefined;
  /** All are here. @throws StorageError `corrupt` when they are not a pack */
  end(): Promise<void>;
}

/**
 * The service of a git server that gives out commits, over HTTPS. Credentials are shown to a server that asks for them, and to nobody that
 * it redirects to.
 */
export class UploadPack {
  /** The repository, after redirects: only the first request of git follows them. */
  private base: string;
  private asked = false;

  constructor(
    private readonly address: RepositoryAddress,
    private readonly context: SourceContext,
  ) {
    this.base = address.url;
  }

  /** What there is to fetch. @throws StorageError in KServe's words */
  async advertisement(signal: AbortSignal): Promise<Advertisement> {
    const path = '/info/refs?service=git-upload-pack';
    const answer = await this.connected(signal, () =>
      this.authorized((headers) => {
        return this.context.http.send({ url: `${this.address.url}${path}`, headers, redirects: {} }, signal);
      }),
    );
    if (!isSuccess(answer.status)) throw this.failure(answer);
    const end = answer.url.lastIndexOf('/info/refs');
    if (end > 0) this.base = answer.url.slice(0, end);
    const advertisement = this.parsed(answer);
    if (advertisement === undefined) throw this.refusal('the repository is empty or has no default branch');
    return advertisement;
  }

  private parsed({ body }: TextAnswer): Advertisement | undefined {
    try {
      return parseAdvertisement(body);
    } catch (error) {
      throw error instanceof GitProtocolError ? this.refusal(error.message) : error;
    }
  }

  /**
   * Fetches a commit with everything in it, and nothing of its history.
   *
   * @returns commits whose parents were left out
   * @throws StorageError
   */
  async pack({ commit, capabilities }: Advertisement, sink: PackSink, signal: AbortSignal): Promise<readonly string[]> {
    for (const needed of ['shallow', 'side-band-64k']) {
      if (!capabilities.has(needed)) throw this.refusal(`the server can't do ${needed}`);
    }
    const wanted = ['side-band-64k', 'ofs-delta', 'no-progress'].filter((one) => capabilities.has(one)).join(' ');
    const body = `${pktLine(`want ${commit} ${wanted}\n`)}${pktLine('deepen 1\n')}${flushLine}${pktLine('done\n')}`;
    const request: HttpRequest = {
      url: `${this.base}/git-upload-pack`,
      method: 'POST',
      headers: {
        'content-type': 'application/x-git-upload-pack-request',
        accept: 'application/x-git-upload-pack-result',
      },
      body,
    };
    const attempt = { ...this.context, progress: new Progress(), signal };
    return withAttempts(
      this.address.url,
      () => packAttempts,
      attempt,
      () => 0,
      () => this.onePack(request, sink, signal),
    );
  }

  private async onePack(request: HttpRequest, sink: PackSink, signal: AbortSignal): Promise<readonly string[]> {
    let reader = new PackAnswer(sink);
    try {
      const answer = await this.authorized((headers) => {
        reader = new PackAnswer(sink);
        return this.context.http.download(
          { ...request, headers: { ...request.headers, ...headers } },
          { begin: () => sink.begin(), data: (chunk) => reader.add(chunk) },
          signal,
        );
      });
      if (!isSuccess(answer.status)) throw this.failure(answer);
      reader.end();
      await sink.end();
      return reader.shallow;
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = isConnectionError(error) ? this.connectionFailure(error) : error;
      if (isConnectionError(error) && error.lasting) throw failure;
      if (failure instanceof StorageError && failure.transient) throw new TransientFailure(failure);
      throw failure instanceof GitProtocolError ? this.refusal(failure.message) : failure;
    }
  }

  private async authorized(
    send: (headers: Readonly<Record<string, string>>) => Promise<TextAnswer>,
  ): Promise<TextAnswer> {
    const { authorization, url } = this.address;
    const mine = new URL(this.base).origin === new URL(url).origin;
    if (authorization === undefined || !mine) return send({});
    if (this.asked) return send({ authorization });
    const answer = await send({});
    if (answer.status !== 401 || new URL(answer.url).origin !== new URL(url).origin) return answer;
    this.asked = true;
    return send({ authorization });
  }

  private failure({ status, url }: TextAnswer): StorageError {
    const name = this.address.url;
    const cause = `${new URL(url).host} answered ${status}`;
    if (status === 401) return storageFailure('Git', 'credentials', name, `${cause} for ${name}`);
    if (status === 403) return storageFailure('Git', 'denied', name, cause);
    if (status === 404 || status === 410) return storageFailure('Git', 'not-found', name, cause);
    if (isTransientStatus(status)) return new StorageError('connection', `Git error: ${name}: ${cause}`);
    return this.refusal(cause);
  }

  private refusal(cause: string): StorageError {
    return storageFailure('Git', 'other', this.address.url, `${this.address.url}: ${cause}`);
  }

  private connectionFailure(error: unknown): StorageError {
    return storageFailure('Git', 'connection', this.address.url, causeText(error));
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

/** Bands of the answer. */
const [packBand, errorBand] = [1, 3];

/** Reads the answer with a pack: commits without parents, an acknowledgement, and the pack in lines of band 1. */
class PackAnswer {
  readonly shallow: string[] = [];
  private readonly lines = new PktLineReader();
  private state: 'shallow' | 'acknowledgement' | 'pack' | 'ended' = 'shallow';

  constructor(private readonly sink: PackSink) {}

  add(chunk: Buffer): Promise<void> | undefined {
    let held: Promise<void> | undefined;
    for (const line of this.lines.add(chunk)) held = this.take(line) ?? held;
    return held;
  }

  /** @throws StorageError when the answer is not at its end */
  end(): void {
    if (this.state === 'ended' && !this.lines.incomplete) return;
    throw new StorageError('connection', `Git error: the answer ended before the pack did`);
  }

  private take(line: Buffer | 'flush'): Promise<void> | undefined {
    if (line === 'flush') {
      this.state = this.state === 'shallow' ? 'acknowledgement' : 'ended';
      return undefined;
    }
    if (this.state === 'pack') return this.takeBand(line);
    const text = line.toString('utf8').trim();
    if (text.startsWith('ERR ')) throw new GitProtocolError(text.slice('ERR '.length));
    if (this.state === 'acknowledgement' && text === 'NAK') this.state = 'pack';
    else if (this.state === 'shallow' && /^shallow [0-9a-f]{40}$/.test(text)) this.shallow.push(text.slice(8));
    else throw new GitProtocolError(`the server answered ${JSON.stringify(text.slice(0, 100))}`);
    return undefined;
  }

  private takeBand(line: Buffer): Promise<void> | undefined {
    const band = line[0];
    if (band === packBand) return this.sink.data(line.subarray(1));
    if (band === errorBand) throw new GitProtocolError(line.toString('utf8', 1).trim());
    return undefined;
  }
}
