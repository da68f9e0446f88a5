const special = /[*?[{]/;

/** Whether a path is a pattern. */
export function isGlob(path: string): boolean {
  return special.test(path);
}

/** The folder that everything a pattern matches is below; empty for the top. */
export function globFolder(pattern: string): string {
  const steps = pattern.split('/');
  const first = steps.findIndex(isGlob);
  return steps.slice(0, first).join('/');
}

/** A pattern as shells have it: `*` and `?` within a name, `**` over folders, `[a-z]`, `{a,b}`. */
export function globExpression(pattern: string): RegExp {
  let alternatives = 0;
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[{},]|[.+^$()|[\]\\]/g, (token) => {
    switch (token) {
      case '**/':
        return '(?:[^/]+/)*';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        alternatives += 1;
        return '(?:';
      case '}':
        if (alternatives === 0) return '\\}';
        alternatives -= 1;
        return ')';
      case ',':
        return alternatives > 0 ? '|' : ',';
    }
    if (token.length < 3) return `\\${token}`;
    return token.replace(/\\/g, '\\\\').replace(/^\[!/, '[^');
  });
  return new RegExp(`^${source}${')'.repeat(alternatives)}$`, 's');
}

/** Names that are notes of programs, not data: `_SUCCESS`, `.gitkeep`. */
export function isHidden(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('_') || name.startsWith('.'));
}
