import * as z from 'zod';
import { conditions } from '../kubernetes/condition';
import { stringMap } from '../kubernetes/string-map';

/** Members of every status of the serving API that has conditions: the form they took over from Knative. */
export const knativeStatusShape = {
  observedGeneration: z.int().min(0).describe('metadata.generation that this status is about.').exactOptional(),
  conditions: conditions.describe('Ready and the conditions it is made of.').exactOptional(),
  annotations: stringMap.describe('Part of the Knative form; not written.').exactOptional(),
} as const;
