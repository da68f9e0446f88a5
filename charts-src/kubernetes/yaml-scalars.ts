import { dump } from 'js-yaml';

/** A string, a number, a boolean or null. */
export type Scalar = string | number | boolean | null;

/** Texts of scalars in a list at the start of a line, without its dash. */
const texts = new Map<Scalar, string>();

/**
 * A YAML parser looks 1024 characters ahead for the colon of a key, quotes and escapes included. Keys up to this length never take
 * that many.
 */
const shortKey = 100;

/**
 * Prepares the texts of scalars. js-yaml takes almost as long for one as for a thousand, and manifests are made of a few words: each
 * is written once.
 */
export function learnScalars(scalars: ReadonlySet<Scalar>): void {
  const unknown = [...scalars].filter((scalar) => !texts.has(scalar));
  const oneLine = unknown.filter((scalar) => !isLines(scalar));
  const lines = dump(oneLine, { lineWidth: -1 }).split('\n');
  oneLine.forEach((scalar, index) => texts.set(scalar, (lines[index] ?? '').slice('- '.length)));
  for (const scalar of unknown.filter(isLines)) {
    // The empty string behind it keeps the end of the document from the text.
    const list = dump([scalar, ''], { lineWidth: -1 });
    texts.set(scalar, list.slice('- '.length, -"\n- ''\n".length));
  }
}

/**
 * A scalar as js-yaml writes it as a value: plain, quoted, or as a block of lines.
 *
 * @param indent put before the lines of a block
 * @throws for one that was not learnt
 */
export function scalarText(scalar: Scalar, indent: string): string {
  const text = texts.get(scalar);
  if (text === undefined) throw new Error(`writing YAML: ${JSON.stringify(scalar)} was not learnt before`);
  // As it was learnt, lines have an indent of two.
  return isLines(scalar) ? text.replace(/\n {2}(?=[^\n])/g, `\n${indent}`) : text;
}

/**
 * A key and its colon.
 *
 * @param indent put before the second line, if there is one
 */
export function keyText(key: string, indent: string): string {
  if (key.length <= shortKey && !isLines(key)) return `${scalarText(key, indent)}:`;
  const entry = dump({ [key]: 0 }, { lineWidth: -1 });
  return entry.slice(0, -' 0\n'.length).replaceAll('\n', `\n${indent}`);
}

function isLines(scalar: Scalar): boolean {
  return typeof scalar === 'string' && scalar.includes('\n');
}
