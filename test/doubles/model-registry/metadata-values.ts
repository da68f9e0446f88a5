import * as z from 'zod';
import { isInt32 } from './int32';
import { badRequest } from './refusal';

/** An absent or null value member means the zero value. */
const orZero = <T>(schema: z.ZodType<T>, zero: T) => schema.nullish().transform((value) => value ?? zero);

/** Base64 of a JSON object comes in, the object's plain JSON text goes out: the server refuses its own answer. */
const structText = z
  .string()
  .regex(/^[A-Za-z0-9+/]+=*$/)
  .transform((encoded, context) => {
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    try {
      return JSON.stringify(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
    } catch {
      context.addIssue({ code: 'custom', message: 'not a JSON object' });
      return z.NEVER;
    }
  });

/** Members that a tag doesn't ask for are ignored; `MetadataProtoValue` is refused like an unknown tag. */
const metadataValue = z.discriminatedUnion('metadataType', [
  z.object({ metadataType: z.literal('MetadataStringValue'), string_value: orZero(z.string(), '') }),
  z.object({
    metadataType: z.literal('MetadataIntValue'),
    int_value: z
      .string()
      .refine(isInt32)
      .transform((text) => String(Number(text))),
  }),
  z.object({ metadataType: z.literal('MetadataDoubleValue'), double_value: orZero(z.number(), 0) }),
  z.object({ metadataType: z.literal('MetadataBoolValue'), bool_value: orZero(z.boolean(), false) }),
  z.object({ metadataType: z.literal('MetadataStructValue'), struct_value: structText }),
]);

type MetadataValue = Readonly<z.output<typeof metadataValue>>;

/** Custom properties as stored and answered: struct values are JSON text. */
export type StoredProperties = Readonly<Record<string, MetadataValue>>;

/** Marker under which the server keeps structs among its strings. */
const structMarker = 'mlmd-struct::';

/** Reads the map of a request body. @throws Refusal 400 for an untagged or malformed value */
export function readProperties(value: unknown): StoredProperties {
  const map = z.record(z.string(), z.unknown()).safeParse(value);
  if (!map.success) throw badRequest('json: cannot unmarshal customProperties into an object');
  return Object.fromEntries(
    Object.entries(map.data).map(([property, given]) => [property, readValue(property, given)]),
  );
}

function readValue(property: string, given: unknown): MetadataValue {
  const { success, data, error } = metadataValue.safeParse(given);
  if (!success) {
    const member = String(error.issues[0]?.path[0] ?? 'metadataType');
    throw badRequest(
      member === 'metadataType' ? `metadataType not found for ${property}` : `invalid ${member} for ${property}`,
    );
  }
  return data.metadataType === 'MetadataStringValue' && data.string_value.startsWith(structMarker)
    ? { metadataType: 'MetadataStructValue', struct_value: data.string_value.slice(structMarker.length) }
    : data;
}
