import type { EntityType, Member } from './entity-types';
import { readProperties, type StoredProperties } from './metadata-values';
import { Refusal } from './refusal';

/** What a request body says, after decoding; absent and null members are left out. */
export interface DecodedBody {
  readonly id?: string;
  readonly name?: string;
  readonly externalId?: string;
  readonly description?: string;
  readonly customProperties?: StoredProperties;
  readonly values: Readonly<Record<string, unknown>>;
  /** Members that were there with the value null: kept by a PATCH, not reset. */
  readonly nulls: ReadonlySet<string>;
}

/** JSON object of a body. @throws Refusal */
export function parseBody(text: string): Record<string, unknown> {
  if (text.includes('\\u0000') || text.includes('\0')) {
    throw new Refusal(400, 'Request body contains null bytes which are not allowed');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `invalid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Refusal(400, 'json: expected an object');
  return Object.fromEntries(Object.entries(parsed));
}

/** Which members a body may have. */
export type BodyUse = 'create' | 'update' | 'entity';

/**
 * Decodes a body for an entity type as the server does: member names without regard to case, unknown ones refused (but not in
 * union types), null the same as absent.
 */
export function decodeBody(type: EntityType, body: Record<string, unknown>, use: BodyUse): DecodedBody {
  const values: Record<string, unknown> = {};
  const nulls = new Set<string>();
  const common: Record<string, string> = {};
  let customProperties: StoredProperties | undefined;
  for (const [written, value] of Object.entries(body)) {
    const name = canonicalName(type, written, use);
    if (name === undefined) {
      if (type.artifactType !== undefined) continue;
      throw new Refusal(400, `json: unknown field ${JSON.stringify(written)}`);
    }
    if (value === null) nulls.add(name);
    else if (name === 'customProperties') customProperties = readProperties(value);
    else if (name in type.members) values[name] = checked(name, type.members[name], value);
    else if (!ignored.has(name)) common[name] = text(name, value);
  }
  return { ...common, ...(customProperties === undefined ? {} : { customProperties }), values, nulls };
}

/** Read-only members, accepted where the body is the full entity. */
const ignored = new Set(['createTimeSinceEpoch', 'lastUpdateTimeSinceEpoch', 'artifactType']);

function canonicalName(type: EntityType, written: string, use: BodyUse): string | undefined {
  const common = ['externalId', 'description', 'customProperties', ...(type.artifactType === undefined ? [] : ['artifactType'])];
  const creation = use === 'update' ? [] : ['name'];
  const entity = use === 'entity' ? ['id', 'createTimeSinceEpoch', 'lastUpdateTimeSinceEpoch'] : [];
  const own = Object.keys(type.members).filter((name) => use !== 'update' || type.members[name]?.immutable !== true);
  return [...common, ...creation, ...entity, ...own].find((name) => name.toLowerCase() === written.toLowerCase());
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new Refusal(400, `json: cannot unmarshal ${typeof value} into field ${name} of type string`);
  return value;
}

function checked(name: string, member: Member | undefined, value: unknown): unknown {
  switch (member?.type) {
    case 'number':
    case 'integer':
      if (typeof value !== 'number' || (member.type === 'integer' && !Number.isInteger(value))) {
        throw new Refusal(400, `json: cannot unmarshal ${typeof value} into field ${name} of type number`);
      }
      return value;
    case 'strings':
      if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
        throw new Refusal(400, `json: cannot unmarshal ${typeof value} into field ${name} of type []string`);
      }
      return value;
    case 'enum': {
      const chosen = text(name, value);
      if (!member.values?.includes(chosen)) throw new Refusal(400, `invalid value '${chosen}' for ${name}: bad request`);
      return chosen;
    }
    case 'id': {
      const id = text(name, value);
      if (id !== '' && !isInt32(id)) throw new Refusal(400, `invalid ${name}: ${JSON.stringify(id)}: bad request`);
      return id;
    }
    default:
      return text(name, value);
  }
}

/** What Go's `strconv.ParseInt(s, 10, 32)` accepts. */
export function isInt32(text: string): boolean {
  return /^[+-]?[0-9]+$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}
