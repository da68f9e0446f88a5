import * as z from 'zod';
import { storageVariable } from '../../definitions/storage/storage-variables';
import { dnsLabel } from '../kubernetes/dns-label';
import { resourcesSchema } from '../kubernetes/resources';
import { secretRefSchema } from '../kubernetes/secret-ref';
import { defaultRegistryName } from '../registry/options';

/** Variables of the container by name: values, or keys of Secrets in the namespace of the pod that it is put into. */
const variablesSchema = z
  .record(z.string(), z.union([z.string(), secretRefSchema]))
  .superRefine((variables, context) => {
    for (const [name, value] of Object.entries(variables)) {
      const variable = storageVariable(name);
      const problem =
        variable === undefined
          ? 'the storage initializer reads no variable of this name'
          : variable.secret === true && typeof value === 'string'
            ? 'its value is secret: expected name and key of a Secret'
            : undefined;
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
    }
  })
  .default({});

/** Options of the storage initializer: for `model-registry://`, and for all other URIs when `storage` is there. */
export const storageInitializerSchema = z.strictObject({
  /** Name of the ClusterStorageContainer, one for the cluster. */
  name: dnsLabel.default('model-registry-storage-initializer'),
  /** Registry that URIs without a host mean. */
  registry: z
    .strictObject({
      name: dnsLabel.default(defaultRegistryName),
      namespace: dnsLabel.default('kubeflow'),
      /** Whether each namespace has a registry of its own, of this name: it is then asked about the models of its pods. */
      inEachNamespace: z.boolean().default(false),
    })
    .prefault({}),
  env: variablesSchema,
  resources: resourcesSchema({ cpu: '100m', memory: '100Mi', limit: '1Gi' }),
  /** KServe's own container, for the URIs of storage, with our program in it; absent: KServe's installation brings one. */
  storage: z
    .strictObject({
      /** Name by which KServe's manifests have it. */
      name: dnsLabel.default('default'),
      env: variablesSchema,
      resources: resourcesSchema({ cpu: '100m', memory: '100Mi', limit: '1Gi' }),
    })
    .exactOptional(),
});

/** Options of the storage initializer, with every default applied. */
export type StorageInitializerOptions = z.output<typeof storageInitializerSchema>;

/** Variables of a container, as options have them. */
export type StorageVariables = StorageInitializerOptions['env'];
