/** SQL's LIKE: `_` is any character, `%` any sequence, `\` escapes. Sensitive to case as PostgreSQL's. */
export function like(pattern: string, { ignoreCase = false } = {}): RegExp {
  const parts = pattern.match(/\\.|./gsu) ?? [];
  return new RegExp(`^${parts.map(expression).join('')}$`, ignoreCase ? 'isu' : 'su');
}

function expression(part: string): string {
  if (part === '%') return '.*';
  if (part === '_') return '.';
  return part.replace(/^\\(?=.)/su, '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
