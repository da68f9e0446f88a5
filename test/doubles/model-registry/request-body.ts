import * as z from 'zod';
import type { EntityType } from './entity-types';
import { readMember } from './member-values';
import { readProperties, type StoredProperties } from './metadata-values';
import { badRequest, Refusal } from './refusal';
import type { MemberValue, MemberValues } from './row';

/** What a request body says, after decoding; absent and null members are left out. */
export interface DecodedBody {
  /** Only where the body is the full entity: the call is an update then. */
  readonly id?: string;
  readonly name?: string;
  readonly externalId?: string;
  readonly description?: string;
  readonly customProperties?: StoredProperties;
  readonly values: MemberValues;
  /** Members that were there with the value null: an update keeps them and doesn't reset them. */
  readonly nulls: ReadonlySet<string>;
}

/** Schema of a body in the contract: `…Create`, `…Update`, or the entity itself. */
export type BodySchema = 'create' | 'update' | 'entity';

const jsonObject = z.record(z.string(), z.unknown());

/** JSON object of a body. @throws Refusal 400 */
export function parseBody(text: string): Readonly<Record<string, unknown>> {
  if (text.includes('\\u0000') || text.includes('\0')) {
    throw new Refusal(400, 'Request body contains null bytes which are not allowed');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw badRequest(`invalid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const object = jsonObject.safeParse(parsed);
  if (!object.success) throw badRequest('json: cannot unmarshal the body into an object');
  return object.data;
}

/** Members that an answer has and a full entity as body may repeat, without effect. */
const answered = ['createTimeSinceEpoch', 'lastUpdateTimeSinceEpoch'];

const commonTexts = ['id', 'name', 'externalId', 'description'] as const;

/**
 * Decodes a body as the server does: member names without regard to case, null the same as absent, unknown members refused
 * (but not in the union type Artifact).
 *
 * @throws Refusal 400 for an unknown member or a wrong value, 422 for a required member that is absent or empty
 */
export function decodeBody(type: EntityType, body: Readonly<Record<string, unknown>>, schema: BodySchema): DecodedBody {
  const known = knownMembers(type, schema);
  const nulls = new Set<string>();
  const values: Record<string, MemberValue> = {};
  const texts: Partial<Record<(typeof commonTexts)[number], string>> = {};
  let customProperties: StoredProperties | undefined;
  for (const [written, value] of Object.entries(body)) {
    const name = known.get(written.toLowerCase());
    const text = commonTexts.find((common) => common === name);
    if (name === undefined) {
      if (type.artifactType === undefined) throw new Refusal(400, `json: unknown field ${JSON.stringify(written)}`);
    } else if (value === null) nulls.add(name);
    else if (text !== undefined) texts[text] = readText(text, value);
    else if (name === 'customProperties') customProperties = readProperties(value);
    else {
      const member = type.members[name];
      if (member !== undefined) values[name] = readMember(name, member, value);
    }
  }
  if (schema !== 'update') requireMembers(type, texts.name, values);
  return { ...texts, ...(customProperties === undefined ? {} : { customProperties }), values, nulls };
}

/** Members that a body may have, by their name in lower case. */
function knownMembers(type: EntityType, schema: BodySchema): ReadonlyMap<string, string> {
  const own = Object.entries(type.members)
    .filter(([, { immutable, readOnly }]) => readOnly !== true && (schema !== 'update' || immutable !== true))
    .map(([name]) => name);
  const names = ['externalId', 'description', 'customProperties', ...own];
  if (schema !== 'update') names.push('name');
  if (schema === 'entity') names.push('id', ...answered);
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

function readText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw badRequest(`json: cannot unmarshal ${typeof value} into field ${name} of type string`);
}

function requireMembers(type: EntityType, name: string | undefined, values: MemberValues): void {
  const given: Readonly<Record<string, MemberValue | undefined>> = { ...values, name };
  const required = Object.entries(type.members).flatMap(([member, { required }]) =>
    required === true ? [member] : [],
  );
  const missing = [...(type.nameRequired === true ? ['name'] : []), ...required].find(
    (member) => (given[member] ?? '') === '',
  );
  if (missing !== undefined) throw new Refusal(422, `required field '${missing}' is zero value.`);
}
