import type { outputKindNames } from '../../definitions/inference/storage-kinds';
import type { Output } from './output';
import type { Work } from './work';

/** What the module of an output kind exports. */
export interface OutputKind {
  /** @throws RunnerError with exit code 2 for settings that can't be used */
  readonly createOutput: (settings: unknown, work: Work) => Output | Promise<Output>;
}

/** One entry for each name that controller and constructs know; a kind that is missing here does not compile. */
const code: Readonly<Record<(typeof outputKindNames)[number], () => Promise<OutputKind>>> = {
  krateo: () => import('./krateo/output.js'),
  http: () => import('./storage/http/output.js'),
  log: () => import('./storage/log/output.js'),
  pvc: () => import('./storage/pvc/output.js'),
  s3: () => import('./storage/s3/output.js'),
};

/** Output kinds, loaded when they are asked for. */
export const outputKinds: ReadonlyMap<string, () => Promise<OutputKind>> = new Map(Object.entries(code));
