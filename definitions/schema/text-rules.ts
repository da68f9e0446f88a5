import { NotStructural } from './not-structural';
import type { StructuralSchema } from './structural-schema';

/** Formats that the API server checks or documents; it ignores any other, with a warning at creation. */
const formats = new Set([
  'byte',
  'cidr',
  'date',
  'date-time',
  'double',
  'duration',
  'email',
  'hostname',
  'int32',
  'int64',
  'ipv4',
  'ipv6',
  'mac',
  'password',
  'uri',
  'uuid',
]);

/** Look-around and back references: valid in JavaScript, refused by RE2, which the API server uses. */
const notInRe2 = /\(\?<?[=!]|\\[1-9]/;

/** @throws NotStructural when the API server would ignore the format or can't compile the pattern */
export function checkText({ format, pattern }: Pick<StructuralSchema, 'format' | 'pattern'>, path: string): void {
  if (format !== undefined && !formats.has(format)) {
    throw new NotStructural(path, `format ${format} is unknown to Kubernetes; use a pattern`);
  }
  const match = pattern === undefined ? null : notInRe2.exec(pattern);
  if (match !== null) {
    throw new NotStructural(path, `pattern ${pattern} uses ${match[0]}, which RE2 lacks; rewrite it or use a CEL rule`);
  }
}
