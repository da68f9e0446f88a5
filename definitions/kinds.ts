import { inferenceDefinitions } from './inference/kinds';
import type { ResourceDefinition } from './schema/resource-definition';
import { servingDefinitions } from './serving/kinds';

/** Every kind of ours, of all APIs. */
export const allDefinitions: readonly ResourceDefinition[] = [...servingDefinitions, ...inferenceDefinitions];
