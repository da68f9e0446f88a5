import * as z from 'zod';

const reference = z.object({ name: z.string(), key: z.string() });
const containerSchema = z.object({
  args: z.array(z.string()).default([]),
  envFrom: z.array(z.strictObject({ configMapRef: z.object({ name: z.string() }) })).default([]),
  env: z
    .array(
      z.strictObject({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z
          .union([z.strictObject({ secretKeyRef: reference }), z.strictObject({ configMapKeyRef: reference })])
          .optional(),
      }),
    )
    .default([]),
});
const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({ template: z.object({ spec: z.object({ containers: z.tuple([containerSchema]) }) }) }),
});
const configMapSchema = z.object({
  kind: z.literal('ConfigMap'),
  metadata: z.object({ name: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
});

/** Data of Secrets or ConfigMaps, by name and key. */
export type DataByName = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a container's program is started with. */
export interface ContainerStart {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What the kubelet starts the container of a rendered Deployment with: variables of whole ConfigMaps, then its own in their order, each
 * of which can refer to those before it; then the arguments. What comes out of a Secret is never expanded.
 *
 * @param manifests all rendered objects
 * @param secrets what somebody puts into the Secrets that it refers to
 * @throws when it refers to something that is not there: the kubelet would not start the container
 */
export function containerStart(manifests: readonly unknown[], deployment: string, secrets: DataByName): ContainerStart {
  const [found] = manifests.flatMap((manifest) => {
    const parsed = deploymentSchema.safeParse(manifest);
    return parsed.success && parsed.data.metadata.name === deployment ? [parsed.data] : [];
  });
  if (found === undefined) throw new Error(`no Deployment ${deployment} of one container is rendered`);
  const configMaps = configMapsIn(manifests);
  const [container] = found.spec.template.spec.containers;
  const env: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom) Object.assign(env, wholeOf(configMaps, configMapRef.name));
  for (const { name, value = '', valueFrom } of container.env) {
    if (valueFrom === undefined) env[name] = expanded(value, env);
    else if ('secretKeyRef' in valueFrom) env[name] = valueAt(secrets, valueFrom.secretKeyRef);
    else env[name] = valueAt(configMaps, valueFrom.configMapKeyRef);
  }
  return { args: container.args.map((argument) => expanded(argument, env)), env };
}

/** `$(NAME)` becomes the variable, `$$` a dollar; a variable that is not there stays as it is written. */
export function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (written: string, name: string | undefined) =>
    name === undefined ? '$' : (variables[name] ?? written),
  );
}

function configMapsIn(manifests: readonly unknown[]): DataByName {
  const found = manifests.flatMap((manifest) => {
    const parsed = configMapSchema.safeParse(manifest);
    return parsed.success ? [[parsed.data.metadata.name, parsed.data.data] as const] : [];
  });
  return Object.fromEntries(found);
}

function wholeOf(objects: DataByName, name: string): Readonly<Record<string, string>> {
  const found = objects[name];
  if (found === undefined) throw new Error(`${name} is referred to and not there`);
  return found;
}

function valueAt(objects: DataByName, { name, key }: z.output<typeof reference>): string {
  const value = wholeOf(objects, name)[key];
  if (value === undefined) throw new Error(`key ${key} of ${name} is referred to and not there`);
  return value;
}
