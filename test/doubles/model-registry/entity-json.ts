import type { Row } from './rows';

/** An entity as answered: absent members are left out, times and ids are strings. */
export function entityJson(row: Row): Record<string, unknown> {
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

