import * as z from 'zod';

const variableSchema = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({
      fieldRef: z.object({ fieldPath: z.string() }).optional(),
      secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional(),
    })
    .optional(),
});

/** Environment variables of a container, as far as the stand-ins for nodes give them. */
export const containerEnvSchema = z.array(variableSchema).default([]);

type Variable = z.output<typeof variableSchema>;

/** Where variables without a value of their own have it from. */
export interface EnvSources {
  /** Fields of the pod by their path. */
  readonly fields: Readonly<Record<string, string>>;
  /** A key of a Secret in the pod's namespace; undefined when it is not there. @default no Secret is there */
  readonly secretValue?: (secret: string, key: string) => Promise<string | undefined>;
}

/**
 * The variables that a process gets.
 *
 * @throws naming the variable that takes what is not there, or what the stand-ins don't know
 */
export async function containerEnv(
  env: readonly Variable[],
  sources: EnvSources,
): Promise<Readonly<Record<string, string>>> {
  const entries = env.map(async (one): Promise<[string, string]> => [one.name, await valueOf(one, sources)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function valueOf({ name, value, valueFrom }: Variable, { fields, secretValue }: EnvSources): Promise<string> {
  if (valueFrom === undefined) return value ?? '';
  const { fieldRef, secretKeyRef } = valueFrom;
  if (secretKeyRef !== undefined) {
    const found = await secretValue?.(secretKeyRef.name, secretKeyRef.key);
    if (found !== undefined) return found;
    throw new Error(`variable ${name} takes ${secretKeyRef.key} of Secret ${secretKeyRef.name}, which is not there`);
  }
  const field = fields[fieldRef?.fieldPath ?? ''];
  if (field !== undefined) return field;
  throw new Error(
    `variable ${name} takes ${fieldRef?.fieldPath ?? 'its value from elsewhere'}, which the stand-in for nodes does not know`,
  );
}
