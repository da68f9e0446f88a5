import * as z from 'zod';

/** Name and namespace of an object, as Krateo's APIs write references. */
export const objectReference = z.strictObject({
  name: z.string().describe('Name of the object.'),
  namespace: z.string().describe('Namespace of the object.'),
});
export type ObjectReference = z.infer<typeof objectReference>;
