import { z } from 'zod';
import { nodePath, programPath } from '../../definitions/names/controller';
import { clusterStorageContainers } from '../../definitions/serving/cluster-storage-container';
import { matchesFormat } from '../../definitions/storage/storage-kinds';
import { containerEnv, containerEnvSchema } from './container-env';
import type { Manifest } from './manifests';

const storageContainerSchema = z.object({
  kind: z.literal(clusterStorageContainers.kind),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    container: z.object({
      command: z.array(z.string()).min(1),
      args: z.array(z.string()).default([]),
      env: containerEnvSchema,
    }),
    supportedUriFormats: z.array(z.union([z.object({ prefix: z.string() }), z.object({ regex: z.string() })])),
  }),
});
const serviceSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    annotations: z.object({ 'modelregistry.kubeflow.org/service-url': z.url() }),
  }),
  spec: z.object({ ports: z.array(z.object({ port: z.int() })) }),
});

/** A rendered ClusterStorageContainer, as a node needs it. */
export type StorageContainer = z.output<typeof storageContainerSchema>;

/** What a machine without nodes, DNS of a cluster and images has in their place. */
export interface LocalPlaces {
  /** Node, and the bundled program. */
  readonly node: string;
  readonly program: string;
  /** `host:port` on this machine by `host:port` in the cluster. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** The ClusterStorageContainer of this name. @throws when it is not rendered */
export function storageContainer(manifests: readonly Manifest[], name: string): StorageContainer {
  const found = manifests.find(
    ({ kind, metadata }) => kind === clusterStorageContainers.kind && metadata.name === name,
  );
  if (found === undefined) throw new Error(`ClusterStorageContainer ${name} is not rendered`);
  return storageContainerSchema.parse(found);
}

/** Whether a container is for a URI. */
export function isFor(uri: string, { spec }: StorageContainer): boolean {
  return spec.supportedUriFormats.some((format) => matchesFormat(uri, format));
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

/** The container's command line here: paths of the image and addresses of the cluster become those of this machine, nothing else. */
export function localCommand(
  { metadata, spec }: StorageContainer,
  { node, program }: LocalPlaces,
): readonly [string, ...string[]] {
  const paths = new Map([
    [nodePath, node],
    [programPath, program],
  ]);
  const { command, args } = spec.container;
  const [first, ...rest] = [...command, ...args].map((word) => paths.get(word) ?? word);
  if (first !== node) {
    throw new Error(`ClusterStorageContainer ${metadata.name} runs ${command.join(' ')}, expected ${nodePath} first`);
  }
  return [first, ...rest];
}

/**
 * The container's environment here.
 *
 * @param fields of the pod by their path
 */
export function localEnv(
  { spec }: StorageContainer,
  { addresses }: LocalPlaces,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const env = Object.entries(containerEnv(spec.container.env, fields));
  return Object.fromEntries(env.map(([name, value]) => [name, addresses.get(value) ?? value]));
}
