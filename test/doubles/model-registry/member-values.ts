import * as z from 'zod';
import type { Member } from './entity-types';
import { parseInt32 } from './int32';
import { badRequest } from './refusal';
import type { MemberValue } from './row';

/**
 * Reads the value of a member that only some entity types have.
 *
 * @throws Refusal 400 for another JSON type, a value outside of the enum, an id that is no number
 */
export function readMember(name: string, member: Member, value: unknown): MemberValue {
  switch (member.type) {
    case 'string':
      return decode(z.string(), name, 'string', value);
    case 'milliseconds':
      return decode(z.string().regex(/^-?[0-9]+$/), name, 'string (milliseconds)', value);
    case 'strings':
      return decode(z.array(z.string()), name, '[]string', value);
    case 'number':
      return decode(z.number(), name, 'float64', value);
    case 'integer':
      return decode(z.int(), name, 'int64', value);
    case 'enum': {
      const text = decode(z.string(), name, 'string', value);
      if (member.values?.includes(text) === true) return text;
      throw badRequest(`invalid value '${text}' for ${name}: valid values are [${member.values?.join(' ') ?? ''}]`);
    }
    case 'id': {
      const text = decode(z.string(), name, 'string', value);
      // Told as a missing member, 422, once the whole body is read.
      if (text === '' && member.required === true) return text;
      return String(parseInt32(name, text));
    }
  }
}

function decode<T>(schema: z.ZodType<T>, name: string, type: string, value: unknown): T {
  const { success, data } = schema.safeParse(value);
  if (success) return data;
  throw badRequest(`json: cannot unmarshal ${JSON.stringify(value)} into field ${name} of type ${type}`);
}
