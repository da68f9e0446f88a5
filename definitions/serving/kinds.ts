import type { ResourceDefinition } from '../schema/resource-definition';
import { clusterServingRuntimes } from './cluster-serving-runtime';
import { clusterStorageContainers } from './cluster-storage-container';
import { inferenceGraphs } from './inference-graph';
import { inferenceServices } from './inference-service';
import { servingRuntimes } from './serving-runtime';
import { trainedModels } from './trained-model';

/** Every kind of the serving API that we define, in the order of their names. */
export const servingDefinitions: readonly ResourceDefinition[] = [
  clusterServingRuntimes,
  clusterStorageContainers,
  inferenceGraphs,
  inferenceServices,
  servingRuntimes,
  trainedModels,
];
