import * as z from 'zod';
import { keyedList } from '../schema/list';
import { quantity } from './quantity';

const resourceClaimUse = z.strictObject({
  name: z.string().describe('Name of an entry of the pod’s resourceClaims.'),
  request: z.string().describe('Request of the claim that is meant; all of them if absent.').exactOptional(),
});

/** Compute resources of a container or pod. */
export const resourceRequirements = z.strictObject({
  limits: z
    .record(z.string(), quantity)
    .describe('Most that may be used, by resource name, for example cpu, memory, nvidia.com/gpu.')
    .exactOptional(),
  requests: z
    .record(z.string(), quantity)
    .describe('What is reserved, by resource name. Defaults to the limits.')
    .exactOptional(),
  claims: keyedList(resourceClaimUse, 'name').describe('Device claims of the pod that are used.').exactOptional(),
});
