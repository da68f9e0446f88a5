import { Refusal } from './refusal';

/** Custom properties as stored: struct values as JSON text, as the server gives them back. */
export type StoredProperties = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const refuse = (property: string, problem: string) => new Refusal(400, `${problem} for ${property}: bad request`);

/** Marker under which the server keeps structs among its strings. */
const structMarker = 'mlmd-struct::';

/** Reads the map of a request body. @throws Refusal for an untagged or malformed value */
export function readProperties(value: unknown): StoredProperties {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(400, 'json: cannot unmarshal customProperties: bad request');
  }
  return Object.fromEntries(Object.entries(value).map(([name, property]) => [name, readValue(name, property)]));
}

function readValue(name: string, value: unknown): Record<string, unknown> {
  const tag: unknown = member(value, 'metadataType');
  switch (tag) {
    case 'MetadataStringValue': {
      const text = typed(name, value, 'string_value', 'string', '');
      return text.startsWith(structMarker)
        ? { metadataType: 'MetadataStructValue', struct_value: text.slice(structMarker.length) }
        : { metadataType: tag, string_value: text };
    }
    case 'MetadataIntValue': {
      const text: unknown = member(value, 'int_value');
      if (typeof text !== 'string' || !/^-?[0-9]+$/.test(text) || Math.abs(Number(text)) > 2 ** 31 - 1) {
        throw refuse(name, 'invalid int_value');
      }
      return { metadataType: tag, int_value: text };
    }
    case 'MetadataDoubleValue':
      return { metadataType: tag, double_value: typed(name, value, 'double_value', 'number', 0) };
    case 'MetadataBoolValue':
      return { metadataType: tag, bool_value: typed(name, value, 'bool_value', 'boolean', false) };
    case 'MetadataStructValue':
      return { metadataType: tag, struct_value: structText(name, member(value, 'struct_value')) };
    default:
      throw refuse(name, 'metadataType not found');
  }
}

/** Base64 of a JSON object in, its JSON text out: the server does not accept its own answer. */
function structText(name: string, encoded: unknown): string {
  if (typeof encoded !== 'string' || !/^[A-Za-z0-9+/]+=*$/.test(encoded)) throw refuse(name, 'invalid struct_value');
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return JSON.stringify(parsed);
  } catch {
    // Told below, like any other struct that is none.
  }
  throw refuse(name, 'invalid struct_value');
}

function typed<T extends string | number | boolean>(name: string, value: unknown, key: string, type: string, zero: T): T {
  const given: unknown = member(value, key);
  if (given === undefined) return zero;
  if (typeof given !== type) throw refuse(name, `invalid ${key}`);
  return given as T;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
