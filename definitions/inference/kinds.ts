import type { ResourceDefinition } from '../schema/resource-definition';
import { inferenceConfigs } from './inference-config';
import { inferenceRuns } from './inference-run';

/** Every kind of the inference API, in the order of their names. */
export const inferenceDefinitions: readonly ResourceDefinition[] = [inferenceConfigs, inferenceRuns];
