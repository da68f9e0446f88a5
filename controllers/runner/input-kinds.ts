import type { Input } from './input';
import type { Work } from './work';

/** What the module of an input kind exports. */
export interface InputKind {
  /** @throws RunnerError with exit code 2 for settings that can't be used */
  readonly createInput: (settings: unknown, work: Work) => Input | Promise<Input>;
}

/** Input kinds, loaded when they are asked for: a run over files has no use for the code of S3. */
export const inputKinds: ReadonlyMap<string, () => Promise<InputKind>> = new Map<string, () => Promise<InputKind>>([
  ['krateo', () => import('./krateo/input.js')],
  ['inline', () => import('./storage/inline/input.js')],
  ['configMap', () => import('./storage/config-map/input.js')],
  ['pvc', () => import('./storage/pvc/input.js')],
]);
