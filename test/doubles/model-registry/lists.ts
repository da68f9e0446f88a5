import { entityJson, type EntityJson } from './entity-json';
import type { EntityType } from './entity-types';
import { filterOf, type Filter } from './filter-query';
import { pageOf } from './pagination';
import type { Row } from './row';

/** A list as answered. */
export interface ListJson {
  readonly items: readonly EntityJson[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
  /** As asked for; 0 when it wasn't. */
  readonly pageSize: number;
  /** Number of items of this page. */
  readonly size: number;
}

/** Which query parameters a list honours; the others it ignores without a word. */
export interface Honoured {
  readonly filter: boolean;
  /** `name` and `externalId`, of some lists below a parent. */
  readonly names: boolean;
}

/** Answers a list of these entity types. @throws Refusal 400 for a parameter that can't be read */
export function listOf(
  rows: readonly Row[],
  types: readonly EntityType[],
  query: URLSearchParams,
  honoured: Honoured,
): ListJson {
  const texts = [
    ...(honoured.filter ? [query.get('filterQuery') ?? ''] : []),
    ...(honoured.names ? ['name', 'externalId'].map((member) => equals(member, query.get(member) ?? '')) : []),
  ];
  const filters: Filter[] = texts.filter((text) => text !== '').map((text) => filterOf(text, types));
  const passing = rows.filter((row) => filters.every((filter) => filter(row)));
  const { rows: shown, nextPageToken, pageSize } = pageOf(passing, query);
  return { items: shown.map(entityJson), nextPageToken, pageSize, size: shown.length };
}

/** The server makes a filter of it and doubles quotes, which its own grammar then refuses. */
function equals(member: string, value: string): string {
  return value === '' ? '' : `${member} = '${value.replaceAll("'", "''")}'`;
}
