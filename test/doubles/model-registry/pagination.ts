import { isInt32, parseInt32 } from './int32';
import { badRequest } from './refusal';
import type { Row } from './row';

/** One page of a list. */
export interface Page {
  readonly rows: readonly Row[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
  /** As asked for; 0 when it wasn't. */
  readonly pageSize: number;
}

const byId = (row: Row) => row.id;

const sortFields = new Map<string | null, (row: Row) => number>([
  ['ID', byId],
  ['CREATE_TIME', (row) => row.createdAt],
  ['LAST_UPDATE_TIME', (row) => row.updatedAt],
]);

/**
 * Sorts and cuts a list: keyset pagination by one column. The token holds the last row's id and value and nothing of the
 * order, so the client repeats its parameters; an unknown order is by id without complaint, and no page size means everything.
 *
 * @throws Refusal 400 for a page size or token that can't be read
 */
export function pageOf(rows: readonly Row[], query: URLSearchParams): Page {
  const pageSizeText = query.get('pageSize') ?? '';
  const pageSize = pageSizeText === '' ? 0 : parseInt32('pageSize', pageSizeText);
  const after = readToken(query.get('nextPageToken') ?? '');
  const valueOf = sortFields.get(query.get('orderBy')) ?? byId;
  const direction = query.get('sortOrder') === 'DESC' ? -1 : 1;
  const sorted = rows.toSorted((a, b) => direction * (valueOf(a) - valueOf(b) || a.id - b.id));
  // Only the one column is compared, so rows of equal time can be skipped: the server does that too.
  const rest = after === undefined ? sorted : sorted.filter((row) => direction * (valueOf(row) - after) > 0);
  if (pageSize <= 0) return { rows: rest, nextPageToken: '', pageSize };
  const shown = rest.slice(0, pageSize);
  const last = shown.at(-1);
  const nextPageToken = rest.length > pageSize && last !== undefined ? token(last.id, valueOf(last)) : '';
  return { rows: shown, nextPageToken, pageSize };
}

const token = (id: number, value: number) => Buffer.from(`${id}:${value}`).toString('base64');

const longestToken = 1024;

/** The sort value that the last page ended with. */
function readToken(text: string): number | undefined {
  if (text === '') return undefined;
  const invalid = (cause: string) => badRequest(`invalid nextPageToken: ${cause}`);
  if (text.length > longestToken) throw invalid('invalid cursor format');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw invalid('illegal base64 data');
  const [id = '', value] = Buffer.from(text, 'base64').toString('utf8').split(':');
  if (value === undefined || !isInt32(id) || !Number.isFinite(Number(value))) throw invalid('invalid cursor format');
  return Number(value);
}
