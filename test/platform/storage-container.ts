import type { V1Container, V1Pod } from '@kubernetes/client-node';
import * as z from 'zod';
import { nodePath, programPath } from '../../definitions/names/controller';
import { containerNames, modelDirectory } from '../../definitions/names/serving';
import { containerEnv, containerEnvSchema, type EnvSources } from './container-env';
import type { Manifest } from './manifests';

const serviceSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    annotations: z.object({ 'modelregistry.kubeflow.org/service-url': z.url() }),
  }),
  spec: z.object({ ports: z.array(z.object({ port: z.int() })) }),
});

/** What a machine without nodes, DNS of a cluster and images has in their place. */
export interface LocalPlaces {
  /** Node, and the bundled program. */
  readonly node: string;
  readonly program: string;
  /** `host:port` on this machine by `host:port` in the cluster. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** The init container that fetches a pod's model, as admission has put it there. */
export function storageContainer({ spec }: Pick<V1Pod, 'spec'>): V1Container | undefined {
  return spec?.initContainers?.find(({ name }) => name === containerNames.storageInitializer);
}

/** Addresses of registries' Services, as a pod's DNS and the Service's own annotation have them. */
export function serviceAddresses(manifests: readonly Manifest[]): ReadonlyMap<string, string> {
  return new Map(
    manifests.flatMap((manifest) => {
      const service = manifest.kind === 'Service' ? serviceSchema.safeParse(manifest) : undefined;
      if (service?.data === undefined) return [];
      const { metadata, spec } = service.data;
      const { host } = new URL(metadata.annotations['modelregistry.kubeflow.org/service-url']);
      return spec.ports.map(({ port }): [string, string] => [
        `${metadata.name}.${metadata.namespace}.svc.cluster.local:${port}`,
        host,
      ]);
    }),
  );
}

/**
 * The container's command line here: paths of the image, of the model's volume and addresses of the cluster become those of this machine,
 * nothing else.
 *
 * @param models directory in the volume's place
 */
export function localCommand(
  { name, command = [], args = [] }: Pick<V1Container, 'name' | 'command' | 'args'>,
  { node, program }: LocalPlaces,
  models: string,
): readonly [string, ...string[]] {
  const paths = new Map([
    [nodePath, node],
    [programPath, program],
    [modelDirectory, models],
  ]);
  const [first, ...rest] = [...command, ...args].map((word) => paths.get(word) ?? word);
  if (first !== node) {
    throw new Error(`container ${name} runs ${command.join(' ') || 'what its image says'}, expected ${nodePath} first`);
  }
  return [first, ...rest];
}

/** The container's environment here. */
export async function localEnv(
  { env }: Pick<V1Container, 'env'>,
  { addresses }: LocalPlaces,
  sources: EnvSources,
): Promise<Readonly<Record<string, string>>> {
  const variables = Object.entries(await containerEnv(containerEnvSchema.parse(env), sources));
  return Object.fromEntries(variables.map(([name, value]) => [name, addresses.get(value) ?? value]));
}
