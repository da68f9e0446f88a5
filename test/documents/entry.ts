import type { BlockKind } from './blocks';
import type { DocumentName } from './texts';

/** The part of the product that has to make a block of the documents true. */
export const components = [
  'serving',
  'registry-sync',
  'registry',
  'manifests',
  'inference-runs',
  'storage-initializer',
] as const;

export type Component = (typeof components)[number];

/** What a reader gets who copies the block. */
export type Outcome =
  | { readonly result: 'works' }
  /** It works, and the product tells the user this. */
  | { readonly result: 'works with warning'; readonly warning: string }
  /** It can't be taken literally; the sentence begins with "because" and says what holds instead. */
  | { readonly result: 'differs'; readonly because: string };

/** How far the outcome is proved. */
export type Status =
  | {
      readonly state: 'tested';
      /** File of this folder, without `.test.ts`. */
      readonly suite: string;
      /** Name of the test in it. */
      readonly test: string;
      /** The part of the outcome that this test can't show yet, and the component it waits for. */
      readonly untested?: { readonly component: Component; readonly what: string };
    }
  /** Waits for this component to exist. */
  | { readonly state: 'pending'; readonly component: Component }
  /** Nothing in it can be run or applied: a drawing, a file tree, upstream's own build. */
  | { readonly state: 'nothing to run' };

/** Where a block stands. */
export interface Locator {
  readonly document: DocumentName;
  /** The heading above the block; '' in a text without headings. */
  readonly heading: string;
  /** Position among the blocks under that heading, from 0. */
  readonly index: number;
}

/** One block of the documents and what becomes of it. */
export interface Entry extends Locator {
  readonly kind: BlockKind;
  readonly owner: Component;
  readonly outcome: Outcome;
  readonly status: Status;
}
