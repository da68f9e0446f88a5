import { isInt32 } from './request-body';
import { badRequest, Refusal } from './refusal';
import type { Row } from './rows';

/** One page of a list, as answered. */
export interface Page {
  readonly rows: readonly Row[];
  readonly nextPageToken: string;
  readonly pageSize: number;
}

const sortFields: Readonly<Record<string, (row: Row) => number>> = {
  ID: (row) => row.id,
  CREATE_TIME: (row) => row.createdAt,
  LAST_UPDATE_TIME: (row) => row.updatedAt,
};

/**
 * Sorts and cuts a list: keyset pagination by one column. The token holds the last row's id and value and nothing of the
 * order, so the client repeats its parameters; an unknown order is by id without complaint.
 */
export function page(rows: readonly Row[], query: URLSearchParams): Page {
  const size = pageSize(query.get('pageSize'));
  const valueOf = sortFields[query.get('orderBy') ?? 'ID'] ?? byId;
  const sign = query.get('sortOrder') === 'DESC' ? -1 : 1;
  const sorted = [...rows].sort((a, b) => sign * (valueOf(a) - valueOf(b) || a.id - b.id));
  const cursor = readToken(query.get('nextPageToken') ?? '');
  // Only the one column is compared, so rows of equal time can be skipped: the server does that too.
  const rest = cursor === undefined ? sorted : sorted.filter((row) => sign * (valueOf(row) - cursor) > 0);
  if (size <= 0) return { rows: rest, nextPageToken: '', pageSize: size };
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const more = rest.length > size && last !== undefined;
  return { rows: shown, nextPageToken: more ? token(last.id, valueOf(last)) : '', pageSize: size };
}

const byId = (row: Row) => row.id;

function pageSize(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!isInt32(text)) throw badRequest(`invalid pageSize: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

const token = (id: number, value: number) => Buffer.from(`${id}:${value}`).toString('base64');

function readToken(text: string): number | undefined {
  if (text === '') return undefined;
  const invalid = (cause: string) => new Refusal(400, `invalid nextPageToken: ${cause}: bad request`);
  if (text.length > 1024) throw invalid('invalid cursor format');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw invalid('illegal base64 data');
  const [id = '', value] = Buffer.from(text, 'base64').toString('utf8').split(':');
  if (value === undefined || !isInt32(id) || !Number.isFinite(Number(value))) throw invalid('invalid cursor format');
  return Number(value);
}
