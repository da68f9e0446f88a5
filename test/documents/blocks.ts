/**
 * What a block holds: a manifest or part of one, a JSON object, commands for a shell, environment variables, names
 * (environment variables, labels, annotations) listed one a line, or anything else that stands in a fence: a drawing, a
 * file tree, a message.
 */
export type BlockKind = 'yaml' | 'json' | 'command' | 'environment' | 'names' | 'text';

/** A piece of a document that a reader could copy, exactly as it stands there. */
export interface Block {
  /** The heading it stands under; '' before the first heading. */
  readonly heading: string;
  /** Position among the blocks under that heading, from 0. */
  readonly index: number;
  readonly kind: BlockKind;
  readonly content: string;
}

/** A numbered list directly under a `#` line: that line is no heading, but the comment on top of code that lost its fence. */
const firstStep = /^1\. /;

type Found = Pick<Block, 'kind' | 'content'>;

const fence = /^```(\w*)$/;
const headingLine = /^#+ (.+)$/;
/** A table row or list item that begins with a name in code marks: `| \`NAME\` | ...` or `* **\`NAME\`**: ...`. */
const namedLine = /^(?:\||[*-]) \*{0,2}`[^`]+`/;

/**
 * Every block of a Markdown text, in order. Fences of shell commands are cut at blank lines, because each part is copied
 * on its own.
 *
 * @throws when a fence is not closed
 */
export function findBlocks(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let heading = '';
  let index = 0;
  for (let at = 0; at < lines.length;) {
    const { found, next } = readAt(lines, at);
    const title = found.length === 0 ? headingLine.exec(lines[at] ?? '')?.[1] : undefined;
    if (title !== undefined) {
      heading = title;
      index = 0;
    }
    for (const block of found) blocks.push({ heading, index: index++, ...block });
    at = next;
  }
  return blocks;
}

/** The blocks that begin at a line, and the first line after them; none and the next line for a line of prose. */
function readAt(lines: readonly string[], at: number): { found: Found[]; next: number } {
  const line = lines[at] ?? '';
  const language = fence.exec(line)?.[1];
  if (language !== undefined) {
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`line ${at + 1}: the fence that begins here is not closed`);
    return { found: fenced(language, lines.slice(at + 1, end).join('\n')), next: end + 1 };
  }
  if (namedLine.test(line)) {
    const end = firstAfter(lines, at, (other) => !namedLine.test(other));
    return { found: [{ kind: 'names', content: lines.slice(at, end).join('\n') }], next: end };
  }
  if (line.startsWith('# ') && firstStep.test(lines[at + 1] ?? '')) {
    const end = firstAfter(lines, at, (other) => other === '');
    return { found: [{ kind: 'text', content: lines.slice(at, end).join('\n') }], next: end };
  }
  return { found: [], next: at + 1 };
}

function firstAfter(lines: readonly string[], at: number, matches: (line: string) => boolean): number {
  const offset = lines.slice(at).findIndex(matches);
  return offset < 0 ? lines.length : at + offset;
}

function fenced(language: string, content: string): Found[] {
  if (language === 'yaml' || language === 'json') return [{ kind: language, content }];
  if (language !== 'bash' && language !== 'sh') return [{ kind: 'text', content }];
  if (isEnvironment(content)) return [{ kind: 'environment', content }];
  return content.split(/\n\n+/).map((command) => ({ kind: 'command', content: command }));
}

function isEnvironment(content: string): boolean {
  return content.split('\n').every((line) => /^(#.*|[A-Z_]+=\S*|)$/.test(line));
}
