import { notebookListPath, notebookPath } from '../../../definitions/names/krateo';

/** URL of a call: server and path with exactly one slash between them, the query of the path kept. */
export function callUrl(serverUrl: string, path: string): string {
  return `${serverUrl.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
}

/** Name of the notebook that a path of the database handler runs; undefined for all other paths. */
export function notebookOf(path: string): string | undefined {
  const [plain = ''] = `/${path.replace(/^\//, '')}`.split(/[?#]/, 1);
  if (!plain.startsWith(notebookPath) || plain === notebookListPath) return undefined;
  const name = plain.slice(notebookPath.length).replace(/\/$/, '');
  return name === '' || name.includes('/') ? undefined : name;
}

/** Headers that belong to the connection, which is ours: undici refuses them, and Go's client passes over them. */
const ofTheConnection = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What can stand in a header: names as RFC 9110 has them, values without control characters. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Headers of a call from lines `Name: value`, names in lower case. As at Krateo a later line replaces an earlier one, and lines that are
 * no headers are passed over.
 */
export function callHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (headerName.test(name) && headerValue.test(value) && !ofTheConnection.has(name)) headers[name] = value;
  }
  return headers;
}
