import * as z from 'zod';
import { keyedList } from '../schema/list';

/** A condition in the form Knative gave it and KServe uses. */
const condition = z.strictObject({
  type: z.string().describe('What the condition is about, for example Ready.'),
  status: z.string().describe('True, False or Unknown.'),
  severity: z.string().describe('Absent for Error, else Warning or Info: how bad False is.').exactOptional(),
  lastTransitionTime: z.string().describe('When the status last changed, RFC 3339.').exactOptional(),
  reason: z.string().describe('One word in CamelCase for the last change.').exactOptional(),
  message: z.string().describe('Details for people.').exactOptional(),
});

/** Conditions of an object, one of each type. */
export const conditions = keyedList(condition, 'type');
