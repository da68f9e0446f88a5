import type * as z from 'zod';

/**
 * The first thing that makes a value unreadable: a member of the wrong type or a missing one. Values out of bounds and
 * unknown words do not count, because rules with messages of their own look at them; undeclared members count only on
 * demand, because the API server prunes them.
 *
 * @param path where the value stands in its object, for the message
 */
export function shapeProblem(
  schema: z.ZodType,
  value: unknown,
  path: string,
  { unknownMembers = false } = {},
): string | undefined {
  return problem(schema, value, path, (issue) => breaksShape(issue, unknownMembers));
}

/** The first thing that the schema does not allow. */
export function schemaProblem(schema: z.ZodType, value: unknown, path: string): string | undefined {
  return problem(schema, value, path, () => true);
}

/** Whether a value has the types that the schema says, so that it may be read as such. */
export function hasShape<T>(schema: z.ZodType<T>, value: unknown): value is T {
  return shapeProblem(schema, value, '') === undefined;
}

/** Members that the schema does not declare, each with the path of the object that has it. */
export function unknownMembers(
  schema: z.ZodType,
  value: unknown,
): readonly { readonly path: readonly PropertyKey[]; readonly name: string }[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((name) => ({ path: issue.path, name })) : [],
  );
}

function problem(schema: z.ZodType, value: unknown, path: string, counts: (issue: z.core.$ZodIssue) => boolean) {
  const { error } = schema.safeParse(value, { reportInput: true });
  const issue = error?.issues.find(counts);
  if (issue === undefined) return undefined;
  return `${fieldPath(path, issue.path)}: ${issue.message}`;
}

function breaksShape(issue: z.core.$ZodIssue, unknownMembersCount: boolean): boolean {
  const { input } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownMembersCount;
    case 'too_small':
    case 'too_big':
    case 'invalid_format':
      return false;
    case 'invalid_value':
      return typeof input !== 'string';
    case 'invalid_union':
      // The unions of our schemas are numbers that may be written as strings.
      return typeof input !== 'string' && typeof input !== 'number';
    case 'invalid_type':
      // A fraction where an integer is wanted is a number nevertheless.
      return typeof input !== 'number' || issue.expected !== 'int';
    default:
      return true;
  }
}

/** A path as the API server writes it: `spec.predictor.containers[0].name`. */
export function fieldPath(start: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, start);
}
