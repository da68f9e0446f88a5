import type { Predictor } from './implementations';

export type Container = NonNullable<Predictor['containers']>[number];

/** Environment variables of containers that admission looks at. */
export const environmentNames = {
  storageUri: 'STORAGE_URI',
  protocol: 'PROTOCOL',
  pythonPath: 'PYTHONPATH',
  pipelineParallelSize: 'PIPELINE_PARALLEL_SIZE',
  tensorParallelSize: 'TENSOR_PARALLEL_SIZE',
} as const;

/** Value of an environment variable; empty when it comes from elsewhere, `undefined` when there is none. */
export function variableNamed({ env }: Pick<Container, 'env'>, wanted: string): string | undefined {
  const variable = env?.find(({ name }) => name === wanted);
  return variable && (variable.value ?? '');
}
