import type { Output } from './output';
import type { Work } from './work';

/** What the module of an output kind exports. */
export interface OutputKind {
  /** @throws RunnerError with exit code 2 for settings that can't be used */
  readonly createOutput: (settings: unknown, work: Work) => Output | Promise<Output>;
}

/** Output kinds, loaded when they are asked for. */
export const outputKinds: ReadonlyMap<string, () => Promise<OutputKind>> = new Map<string, () => Promise<OutputKind>>([
  ['krateo', () => import('./krateo/output.js')],
  ['log', () => import('./storage/log/output.js')],
  ['pvc', () => import('./storage/pvc/output.js')],
]);
