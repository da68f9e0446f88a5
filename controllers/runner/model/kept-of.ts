import type { Contract } from '../../../definitions/inference/contract';
import type { Kept } from './codec';

/** What the outputs `include` beside the predictions. */
export function keptOf(output: Contract['output']): Kept {
  const included = new Set(
    Object.values(output ?? {}).flatMap(({ include }): readonly unknown[] => (Array.isArray(include) ? include : [])),
  );
  return { metadata: included.has('metadata'), raw: included.has('raw') };
}
