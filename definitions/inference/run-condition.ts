import * as z from 'zod';
import { keyedList } from '../schema/list';

/** A condition in the form of Krateo's controllers; `observedGeneration` is ours. */
const runCondition = z.strictObject({
  type: z.string().describe('Ready, Synced or Succeeded.'),
  status: z.string().describe('True, False or Unknown.'),
  lastTransitionTime: z.string().meta({ format: 'date-time' }).describe('When the condition last changed.'),
  reason: z.string().describe('One word in CamelCase for the last change.'),
  message: z.string().describe('Details for people.').exactOptional(),
  observedGeneration: z.int().describe('Generation the condition is about.').exactOptional(),
});
export type RunCondition = z.infer<typeof runCondition>;

/** Conditions of a run or a config, one of each type. */
export const runConditionList = keyedList(runCondition, 'type');
