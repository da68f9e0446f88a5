import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { ExecutionSettings } from '../../definitions/inference/execution';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import { credentialsDirectory, endpointsDirectory } from '../../definitions/names/inference';
import type { PodVolumes } from './pod-volumes';
import { secretReferences } from './secret-references';
import { storageVolumes } from './storage-volumes';

/** What a config names in its storage settings and for its model, as the pod of a runner has it. */
export interface StorageReferences extends PodVolumes {
  /** Whether every Secret that is named is mounted; else a runner has to ask the API server for the others. */
  readonly hasAllSecrets: boolean;
}

export interface ReferenceOptions {
  /** Settings of the run over those of the config, for the dead letters. @default those of the config */
  readonly execution?: Pick<ExecutionSettings, 'errors'>;
  /** Whether a pod may start without a Secret, as upstream's runners do, which read Secrets by themselves. @default false */
  readonly optional?: boolean;
}

/**
 * Volumes for what a config refers to. Secrets are looked for in the namespace of the run only: a pod can't have others.
 *
 * @param namespace of the run
 */
export function storageReferences(
  config: InferenceConfig,
  namespace: string,
  { execution = config.spec?.execution ?? {}, optional = false }: ReferenceOptions = {},
): StorageReferences {
  const storage = storageVolumes(config, execution);
  const { kserve, storage: { input, output } = {}, runner: { mountEndpoints = true } = {} } = config.spec ?? {};
  const { endpoints, credentials, hasOthers } = secretReferences([
    ...(kserve?.endpointRef === undefined ? [] : [{ endpointRef: kserve.endpointRef }]),
    input,
    output,
    execution.errors?.deadLetter,
  ]);
  const near = endpoints.filter((endpoint) => endpoint.namespace === namespace);
  const hasAllSecrets = mountEndpoints && !hasOthers && near.length === endpoints.length;
  if (!mountEndpoints) return { ...storage, hasAllSecrets: endpoints.length + credentials.length === 0 && !hasOthers };
  const secrets = [
    ...near.map(({ name }) => ({ name, mountPath: `${endpointsDirectory}/${namespace}/${name}` })),
    ...credentials.map((name) => ({ name, mountPath: `${credentialsDirectory}/${name}` })),
  ].map(({ name, mountPath }, index) => secretVolume(`secret-${index}`, name, mountPath, optional));
  return {
    volumes: [...storage.volumes, ...secrets.map(({ volume }) => volume)],
    mounts: [...storage.mounts, ...secrets.map(({ mount }) => mount)],
    hasAllSecrets,
  };
}

function secretVolume(
  name: string,
  secretName: string,
  mountPath: string,
  optional: boolean,
): { readonly volume: V1Volume; readonly mount: V1VolumeMount } {
  return {
    volume: { name, secret: { secretName, optional } },
    mount: { name, mountPath, readOnly: true },
  };
}
