import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, findBlocks } from './blocks';
import type { Locator } from './entry';

/** The product's own documents, as files of `texts/` without `.md`. */
export const documents = [
  '1-registry-sync',
  '2-inference-runs',
  '3-registry-on-kubernetes',
  '4-serving-control-plane',
  '5-serving-reconciliation',
] as const;

export type DocumentName = (typeof documents)[number];

/** The blocks of one document, read from its text. */
export function blocksOf(document: DocumentName): Block[] {
  return findBlocks(readFileSync(join(__dirname, 'texts', `${document}.md`), 'utf8'));
}

/**
 * A block, verbatim.
 *
 * @throws when the document has no such block
 */
export function documentBlock({ document, heading, index }: Locator): Block {
  const block = blocksOf(document).find((other) => other.heading === heading && other.index === index);
  if (block === undefined) throw new Error(`${document} has no block ${index} under the heading "${heading}"`);
  return block;
}
