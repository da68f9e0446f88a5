import type { inputKindNames } from '../../definitions/inference/storage-kinds';
import type { Input } from './input';
import type { Work } from './work';

/** What the module of an input kind exports. */
export interface InputKind {
  /** @throws RunnerError with exit code 2 for settings that can't be used */
  readonly createInput: (settings: unknown, work: Work) => Input | Promise<Input>;
}

/** One entry for each name that controller and constructs know; a kind that is missing here does not compile. */
const code: Readonly<Record<(typeof inputKindNames)[number], () => Promise<InputKind>>> = {
  krateo: () => import('./krateo/input.js'),
  http: () => import('./storage/http/input.js'),
  inline: () => import('./storage/inline/input.js'),
  configMap: () => import('./storage/config-map/input.js'),
  pvc: () => import('./storage/pvc/input.js'),
  s3: () => import('./storage/s3/input.js'),
};

/** Input kinds, loaded when they are asked for: a run over files has no use for the code of S3. */
export const inputKinds: ReadonlyMap<string, () => Promise<InputKind>> = new Map(Object.entries(code));
