const secretName = /password|token|secret|key|authorization|credential/i;
const header = /^([^:\s]+)\s*:/;
const mask = '[redacted]';

/**
 * A Contract as the log may show it: values under names that sound like a secret are masked whole, and so are headers written as
 * `Name: value`. Rather too much is masked than too little: `key` of an object in S3 is, too.
 */
export function redactedContract(value: unknown): unknown {
  if (typeof value === 'string') {
    const [, name] = header.exec(value) ?? [];
    return name !== undefined && secretName.test(name) ? `${name}: ${mask}` : value;
  }
  if (Array.isArray(value)) return value.map(redactedContract);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, secretName.test(name) ? mask : redactedContract(each)]),
  );
}
