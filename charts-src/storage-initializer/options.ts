import { z } from 'zod';
import { dnsLabel } from '../kubernetes/dns-label';
import { resourcesSchema } from '../kubernetes/resources';
import { defaultRegistryName } from '../registry/options';

/** Options of the storage initializer for `model-registry://`. */
export const storageInitializerSchema = z.strictObject({
  /** Name of the ClusterStorageContainer, one for the cluster. */
  name: dnsLabel.default('model-registry-storage-initializer'),
  /** Registry that URIs without a host mean. */
  registry: z
    .strictObject({ name: dnsLabel.default(defaultRegistryName), namespace: dnsLabel.default('kubeflow') })
    .prefault({}),
  resources: resourcesSchema({ cpu: '100m', memory: '100Mi', limit: '1Gi' }),
});

/** Options of the storage initializer, with every default applied. */
export type StorageInitializerOptions = z.output<typeof storageInitializerSchema>;
