import type { StoredProperties } from './metadata-values';
import type { MemberValue, Row } from './row';

/** An entity as answered. Absent members are left out; ids, and times in milliseconds since the epoch, are decimal strings. */
export interface EntityJson {
  readonly id: string;
  readonly name: string;
  readonly externalId?: string;
  readonly description?: string;
  readonly customProperties: StoredProperties;
  readonly createTimeSinceEpoch: string;
  readonly lastUpdateTimeSinceEpoch: string;
  readonly artifactType?: string;
  /** What the entity's own type adds, `desiredState` for instance. */
  readonly [member: string]: MemberValue | StoredProperties | undefined;
}

/** A row in the form of an answer. */
export function entityJson(row: Row): EntityJson {
  const { type, values } = row;
  return {
    ...values,
    ...(type.artifactType === undefined ? {} : { artifactType: type.artifactType }),
    id: String(row.id),
    name: row.name,
    ...(row.externalId === undefined ? {} : { externalId: row.externalId }),
    ...(row.description === undefined ? {} : { description: row.description }),
    customProperties: row.customProperties,
    createTimeSinceEpoch: String(row.createdAt),
    lastUpdateTimeSinceEpoch: String(row.updatedAt),
  };
}
