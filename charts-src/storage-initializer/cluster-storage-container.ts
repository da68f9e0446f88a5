import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { nodePath, programPath } from '../../definitions/names/controller';
import { registryPort, registryServiceName } from '../../definitions/names/model-registry';
import { clusterStorageContainers } from '../../definitions/serving/cluster-storage-container';
import { modelRegistryFormats, storageFormats } from '../../definitions/storage/storage-formats';
import type { UriFormat } from '../../definitions/storage/storage-kinds';
import { storageNodeFlags } from '../../definitions/storage/storage-node-flags';
import type { Resources } from '../kubernetes/resources';
import { secretVariable } from '../kubernetes/secret-ref';
import { registryNames } from '../registry/names';
import type { StorageInitializerOptions, StorageVariables } from './options';

export interface StorageContainerProps {
  readonly options: StorageInitializerOptions;
  /** Reference of the image. */
  readonly image: string;
}

/** Has KServe fetch models of `model-registry://` URIs with our program. */
export class ModelRegistryStorageContainer extends Construct {
  constructor(scope: Construct, id: string, { options, image }: StorageContainerProps) {
    super(scope, id);
    const { name, resources } = options;
    const env = [...registryVariables(options), ...variables(options.env)];
    addStorageContainer(this, { name, image, env, resources, formats: modelRegistryFormats });
  }
}

/** Puts our program where KServe has its own: in the storage container for every other URI. */
export class DefaultStorageContainer extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { storage, image }: { readonly storage: NonNullable<StorageInitializerOptions['storage']>; readonly image: string },
  ) {
    super(scope, id);
    const { name, resources } = storage;
    addStorageContainer(this, { name, image, env: variables(storage.env), resources, formats: storageFormats });
  }
}

interface StorageContainer {
  readonly name: string;
  readonly image: string;
  readonly env: readonly k8s.EnvVar[];
  readonly resources: Resources;
  readonly formats: readonly UriFormat[];
}

function addStorageContainer(scope: Construct, { name, image, env, resources, formats }: StorageContainer): void {
  const { group, version, kind } = clusterStorageContainers;
  // Cluster-scoped: upstream's namespace is cleared by the API server and then differs for ever.
  new ApiObject(scope, 'ClusterStorageContainer', {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name },
    spec: {
      container: {
        name: 'storage-initializer',
        image,
        // No arguments: KServe puts URIs and directories there.
        command: [nodePath, ...storageNodeFlags, programPath, 'storage-initializer'],
        ...(env.length === 0 ? {} : { env }),
        resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
        // No user: the pod's, the mesh's or the image's will do.
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
      supportedUriFormats: formats,
      supportsMultiModelDownload: true,
    },
  });
}

/** Where registries are: the default one, and those that namespaces name. */
function registryVariables({ registry }: StorageInitializerOptions): readonly k8s.EnvVar[] {
  const { service } = registryNames(registry);
  const host = `${service}.${registry.namespace}.svc.cluster.local`;
  return [
    { name: 'MODEL_REGISTRY_BASE_URL', value: `${host}:${registryPort}` },
    ...(service === registryServiceName ? [] : [{ name: 'MODEL_REGISTRY_SERVICE_NAME', value: service }]),
    ...(registry.inEachNamespace
      ? [{ name: 'MODEL_REGISTRY_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }]
      : []),
  ];
}

function variables(written: StorageVariables): readonly k8s.EnvVar[] {
  return Object.entries(written).map(([name, value]) =>
    typeof value === 'string' ? { name, value } : secretVariable(name, value),
  );
}
