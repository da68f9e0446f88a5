/** Which files of a source are wanted: shell patterns on the path relative to the source. */
export interface FileFilters {
  /** Empty: every file. */
  readonly allow: readonly string[];
  readonly ignore: readonly string[];
}

/** Whether a file is wanted: allowed first, then not ignored. */
export function isWanted(path: string, { allow, ignore }: FileFilters): boolean {
  const matches = (pattern: string) => expressionOf(pattern).test(path);
  return (allow.length === 0 || allow.some(matches)) && !ignore.some(matches);
}

const expressions = new Map<string, RegExp>();

/**
 * Python's `fnmatch` as an expression, since that is what KServe's users write for: `*` and `?` match `/` too, `[!a]` is the complement,
 * an unclosed `[` is itself.
 */
function expressionOf(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^${pattern.replace(/\*|\?|\[!?\]?[^\]]*\]|[.+^${}()|[\]\\]/g, translate)}$`, 's');
    expressions.set(pattern, expression);
  }
  return expression;
}

function translate(token: string): string {
  if (token === '*') return '.*';
  if (token === '?') return '.';
  if (token.length < 3) return `\\${token}`;
  const inner = token.slice(1, -1).replace(/\\/g, '\\\\').replace(/^!/, '^').replace(/\[/g, '\\[');
  return `[${/^\^?\]/.test(inner) ? inner.replace(']', '\\]') : inner}]`;
}
