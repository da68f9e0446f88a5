import type { EntityType } from './entity-types';
import type { StoredProperties } from './metadata-values';

/** Value of a member that only some entity types have. */
export type MemberValue = string | number | readonly string[];

export type MemberValues = Readonly<Record<string, MemberValue>>;

/** A stored entity. */
export interface Row {
  readonly id: number;
  readonly type: EntityType;
  /** Id of the parent, part of the stored name. Artifacts: of the version or run they were created under. */
  readonly parentId?: number;
  readonly name: string;
  readonly externalId?: string;
  readonly description?: string;
  readonly customProperties: StoredProperties;
  readonly values: MemberValues;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** Name as the database keeps it: children carry their parent's id. */
export function storedName(row: Pick<Row, 'name' | 'parentId'>): string {
  return row.parentId === undefined ? row.name : `${row.parentId}:${row.name}`;
}
