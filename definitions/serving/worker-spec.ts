import * as z from 'zod';

/** How many pods and devices one replica of a model is split over. */
export const parallelismShape = {
  pipelineParallelSize: z.int().min(1).describe('Nodes that share one replica, the head included.').exactOptional(),
  tensorParallelSize: z.int().min(1).describe('GPUs of each node that share a layer.').exactOptional(),
} as const;
