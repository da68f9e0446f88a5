import {
  HttpClient,
  isConnectionError,
  type AnswerHead,
  type BodySink,
  type HttpClientOptions,
  type HttpRequest,
  type TextAnswer,
} from '../../http/http-client';
import { isStandby } from './remote-exception';

/**
 * Requests to the namenodes of a cluster, in the words of HTTP.
 *
 * Guarantees: a request to the first namenode goes to the active one, which is looked for among all of them when it is not the one it was;
 * when none is active, the answer is 503, so that whoever asked tries again. The part of a file that was asked for by `offset` and
 * `length` comes as 206 with `Content-Range`: WebHDFS says 200, as for a whole file.
 */
export class NamenodeClient extends HttpClient {
  private active = 0;

  constructor(
    options: HttpClientOptions,
    /** Base URLs. */
    private readonly namenodes: readonly [string, ...string[]],
  ) {
    super(options);
  }

  override async download(request: HttpRequest, sink: BodySink, signal: AbortSignal): Promise<TextAnswer> {
    const [first] = this.namenodes;
    const rest = request.url.slice(first.length);
    const part = askedPart(rest);
    let begun = false;
    const observed: BodySink = {
      begin: (head) => {
        begun = true;
        sink.begin(part === undefined ? head : asPart(head, part));
      },
      data: (chunk) => sink.data(chunk),
    };
    for (let tried = 1; ; tried += 1) {
      const asked = this.active;
      const isLast = tried >= this.namenodes.length;
      try {
        const answer = await super.download(
          { ...request, url: `${this.namenodes[asked] ?? first}${rest}` },
          observed,
          signal,
        );
        if (!isStandby(answer.body)) return answer;
        if (isLast) return { ...answer, status: 503 };
      } catch (error) {
        if (signal.aborted || begun || isLast || !isConnectionError(error)) throw error;
      }
      // Somebody else may have found out meanwhile.
      if (this.active === asked) this.active = (asked + 1) % this.namenodes.length;
    }
  }
}

interface AskedPart {
  readonly offset: number;
  readonly length: number;
}

function askedPart(url: string): AskedPart | undefined {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const [offset, length] = [query.get('offset'), query.get('length')];
  return offset === null || length === null ? undefined : { offset: Number(offset), length: Number(length) };
}

function asPart(head: AnswerHead, { offset, length }: AskedPart): AnswerHead {
  if (head.status !== 200) return head;
  return {
    ...head,
    status: 206,
    headers: { ...head.headers, 'content-range': `bytes ${offset}-${offset + length - 1}/*` },
  };
}
