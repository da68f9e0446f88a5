import { contractMaxBytes } from '../../definitions/names/inference';

/** Why a Contract can't be given to a runner, undefined if it can: a ConfigMap holds no more. */
export function contractSizeProblem(text: string): string | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes <= contractMaxBytes) return undefined;
  return `the Contract has ${bytes} bytes, at most ${contractMaxBytes} fit; move data out of storage settings and parameters`;
}
