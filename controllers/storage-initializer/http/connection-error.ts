import { causeText } from '../../runtime/cause-text';

/** No answer, or half of one: what undici and Node say about it, in words for the user. */
export class ConnectionError extends Error {
  constructor(
    message: string,
    /** Code of the error behind it, as Node, undici, llhttp or OpenSSL have it. */
    readonly code: string,
    /** Whether the next try will end the same: a certificate that is not trusted, a proxy that says no. */
    readonly lasting: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ConnectionError';
  }
}

/** Whether an error is of the connection, not of what was done with the answer. */
export function isConnectionError(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError;
}

/** What the words of a connection error need to know. */
export interface ConnectionFacts {
  /** The proxy between, as messages may have it. */
  readonly proxy: string | undefined;
  /** Milliseconds without a byte after which an answer counts as lost. */
  readonly readTimeoutMs: number;
  /** Variables in which a user names the authorities to trust. */
  readonly trustVariables: string;
}

/** What is wrong with our request, not with the connection: left as it is, since a try more or other words don't mend it. */
const ourMistakes: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);
/** The client was closed: nobody waits for the answer. */
const closed: ReadonlySet<string> = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);
/** How undici words the answers of a proxy that does not let through. */
const tunnelRefusal = /^Proxy response \((\d{3})\) !== 200 when HTTP Tunneling$/;
const proxyAuthentication = 'Proxy Authentication Required (407)';

/**
 * An error that undici told of an exchange, as a {@link ConnectionError}; errors that are not of the connection are returned as they are.
 * To be called where undici tells errors, and only there: which code means the connection is then known from the place, not from a list
 * that every release of Node makes longer.
 */
export function connectionError(error: Error, facts: ConnectionFacts): Error {
  const { proxy } = facts;
  const refused = error.message === proxyAuthentication ? '407' : tunnelRefusal.exec(error.message)?.[1];
  if (proxy !== undefined && refused !== undefined) return refusedByProxy(error, proxy, Number(refused));
  const code = codeOf(error);
  if (code === undefined || ourMistakes.has(code) || code.startsWith('ERR_INVALID_')) return error;
  const through = proxy === undefined ? '' : `through the proxy ${proxy}: `;
  const words = `${through}${wordsOf(code, error, facts)}`;
  return new ConnectionError(words, code, closed.has(code) || isTlsRefusal(code), { cause: error });
}

function refusedByProxy(error: Error, proxy: string, status: number): ConnectionError {
  const why = status === 407 ? `, verify the user name and password in its URL` : '';
  const lasting = status < 500 && status !== 408 && status !== 429;
  const message = `the proxy ${proxy} refused the connection with status ${status}${why}`;
  return new ConnectionError(message, codeOf(error) ?? 'UND_ERR_ABORTED', lasting, { cause: error });
}

function wordsOf(code: string, error: Error, { readTimeoutMs, trustVariables }: ConnectionFacts): string {
  const seconds = `${readTimeoutMs / 1000} s`;
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return `no answer within ${seconds} (${code})`;
  if (code === 'UND_ERR_BODY_TIMEOUT') return `the answer stalled for ${seconds} (${code})`;
  const words = causeText(error);
  if (isUntrusted(code)) return `${words}: is the authority of the server in the file of ${trustVariables}?`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return `${words}: does the server speak HTTPS?`;
  return words;
}

/** Nobody we trust has vouched for the certificate. */
function isUntrusted(code: string): boolean {
  return /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_UNTRUSTED$|INVALID_CA$)/.test(code);
}

/** Certificates that are refused, by us or by the server, and servers that don't speak TLS. */
function isTlsRefusal(code: string): boolean {
  return isUntrusted(code) || /^(CERT_|ERR_TLS_CERT_|ERR_SSL_|HOSTNAME_MISMATCH$|UND_ERR_PRX_TLS$)/.test(code);
}

function codeOf(error: Error): string | undefined {
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  // llhttp's have lost theirs in undici 8.
  if (error.name === 'HTTPParserError') return 'HPE';
  // A failed connection to several addresses: the first one's code stands for all.
  return error instanceof AggregateError && error.errors[0] instanceof Error ? codeOf(error.errors[0]) : undefined;
}
