import { z } from 'zod';

/** Environment variables of a container, as far as the stand-ins for nodes give them. */
export const containerEnvSchema = z
  .array(
    z.object({
      name: z.string(),
      value: z.string().optional(),
      valueFrom: z.object({ fieldRef: z.object({ fieldPath: z.string() }) }).optional(),
    }),
  )
  .default([]);

/**
 * The variables that a process gets.
 *
 * @param fields of the pod by their path
 * @throws naming the variable that takes a field the stand-ins don't know
 */
export function containerEnv(
  env: z.output<typeof containerEnvSchema>,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }) => {
      if (valueFrom === undefined) return [name, value ?? ''];
      const { fieldPath } = valueFrom.fieldRef;
      const field = fields[fieldPath];
      if (field === undefined)
        throw new Error(`variable ${name} takes ${fieldPath}, which the stand-in for nodes does not know`);
      return [name, field];
    }),
  );
}
