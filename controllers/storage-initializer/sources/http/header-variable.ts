import * as z from 'zod';
import { ConfigError } from '../../../../definitions/config/parse-config';
import type { Environment } from '../../../component';
import { textVariable } from '../../general-settings';

/** Name of the variable with the header fields for a host: legal in a pod, although no shell can set it. */
export function headerVariable(hostname: string): string {
  return `${hostname}-headers`;
}

/** Fields that are of the connection, or that say which bytes are wanted: the program's, not the user's. */
const notForUsers: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const fieldName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
const fieldValue = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  // What may stand in a field: no line breaks, of the controls only the tab.
  .refine((value) => /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value));
const headers = z.record(fieldName, fieldValue);

/**
 * The header fields that the user wants sent to a host: a JSON object in the variable `<hostname>-headers`. Names in lower case. The
 * variable's letters may have any case, as host names do.
 *
 * @throws ConfigError naming the variable and the field, never a value: it is a secret as a rule
 */
export function headersFor(hostname: string, environment: Environment): Readonly<Record<string, string>> {
  const wanted = headerVariable(hostname);
  const name = Object.keys(environment).find((variable) => variable.toLowerCase() === wanted) ?? wanted;
  const text = textVariable(environment, name);
  if (text === undefined) return {};
  const parsed = headers.safeParse(parsedJson(text));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0];
    const where = field === undefined ? '' : `, wrong is ${JSON.stringify(field)}`;
    throw new ConfigError('environment', [
      `${name}: expected a JSON object of header fields like {"name": "value"}${where} (the value is not shown, it is secret)`,
    ]);
  }
  const fields = Object.entries(parsed.data).map(([field, value]) => [field.toLowerCase(), value] as const);
  const bad = fields.find(([field]) => notForUsers.has(field));
  if (bad !== undefined) throw new ConfigError('environment', [`${name}: the header field ${bad[0]} can't be set`]);
  return Object.fromEntries(fields);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
