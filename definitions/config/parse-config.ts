import * as z from 'zod';

/** Configuration that can't be used: each problem names path, value got and values allowed. */
export class ConfigError extends Error {
  constructor(
    /** Where the configuration came from: a file name, `environment`, a construct's id. */
    readonly source: string,
    readonly problems: readonly string[],
  ) {
    super(`${source}: ${problems.join('; ')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Parses configuration at the edge of a process or of a synth. Unknown keys are errors: a misspelt setting that is
 * silently ignored is the most expensive kind.
 *
 * @param source named first in the message
 * @throws ConfigError listing every problem at once
 */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: string,
): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new ConfigError(
    source,
    result.error.issues.map((issue) => describe(schema, value, issue)),
  );
}

function describe(schema: z.ZodType, root: unknown, issue: z.core.$ZodIssue): string {
  const path = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAt(schema, issue.path);
    const keys = issue.keys.map((key) => pathText([...issue.path, key])).join(', ');
    return `unknown key ${keys}${allowed === undefined ? '' : `, allowed: ${allowed.join(', ')}`}`;
  }
  return `${path === '' ? 'configuration' : path}: got ${show(valueAt(root, issue.path))}, ${expectation(issue)}`;
}

/** What zod would have accepted, as the end of a sentence. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_value':
      return `allowed: ${issue.values.map((allowed) => String(allowed)).join(', ')}`;
    case 'too_small':
      return `must be at least ${String(issue.minimum)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}`;
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${String(part)}`))
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    root,
  );
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** Keys that an object schema knows at a path, to tell the reader what could have been meant. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] | undefined {
  let current: unknown = schema;
  for (const part of [...path, undefined]) {
    while (current instanceof z.ZodDefault || current instanceof z.ZodPrefault || current instanceof z.ZodOptional) {
      current = current.unwrap();
    }
    if (!(current instanceof z.ZodObject)) return undefined;
    const shape: Record<string, unknown> = current.shape;
    if (part === undefined) return Object.keys(shape).sort();
    current = shape[String(part)];
  }
  return undefined;
}
