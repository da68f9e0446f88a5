/** A kubectl command line, taken apart. */
export interface KubectlCommand {
  readonly verb: string;
  /** Words that are neither the verb nor a flag: resource, name ... */
  readonly words: readonly string[];
  /** `--type='merge'` → `type: merge`. `-l` and `-n` take the next word. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Short flags whose value is the next word. */
const takeNext = new Set(['-l', '-n', '-o']);

/**
 * Reads the one kubectl command of a block, whose other lines are comments.
 *
 * @throws when the block is something else
 */
export function parseKubectl(content: string): KubectlCommand {
  const lines = content.split('\n').filter((line) => !line.startsWith('#'));
  const [program, verb, ...rest] = (lines[0] ?? '').match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  if (lines.length !== 1 || program !== 'kubectl' || verb === undefined) {
    throw new Error(
      `reading a kubectl command: wanted one line that begins with kubectl, got ${JSON.stringify(content)}`,
    );
  }
  const words: string[] = [];
  const flags: Record<string, string> = {};
  for (let at = 0; at < rest.length; at++) {
    const word = (rest[at] ?? '').replaceAll("'", '');
    const [, name, value] = /^--?([a-z]+)=(.*)$/.exec(word) ?? [];
    if (name !== undefined && value !== undefined) flags[name] = value;
    else if (takeNext.has(word)) flags[word.slice(1)] = rest[++at] ?? '';
    else words.push(word);
  }
  return { verb, words, flags };
}
