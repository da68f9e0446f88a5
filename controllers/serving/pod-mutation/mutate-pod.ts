import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { inferenceServiceLabel, modelDirectory } from '../../../definitions/names/serving';
import { injectAgent } from './agent/inject-agent';
import { selectGkeAccelerator } from './gke-accelerator';
import { useIstioUser } from './istio-user';
import { aggregateMetrics } from './metrics-aggregation';
import { volumeNamesOf } from './model-volume';
import { ociMode } from './oci/oci-mode';
import { addOciSources } from './oci/oci-sources';
import { injectStorageUri } from './storage/inject-storage-uri';
import type { StorageInjection } from './storage/injection';
import { modelSourceOf } from './storage/model-source';
import type { PodSurroundings } from './surroundings';

/** Documents of the settings that decide how pods are changed. */
export type PodMutationSettings = Pick<
  InferenceServiceConfig,
  'storageInitializer' | 'credentials' | 'logger' | 'batcher' | 'agent' | 'metricsAggregator'
>;

/**
 * A pod of an InferenceService as it is to run: with its model, the agent and the metrics that its annotations ask for. Pods of others are
 * returned as they are. What is there already is not added again, so that a pod may come here twice.
 *
 * Throws PodMutationError when what the pod asks for can't be had, and whatever `surroundings` throws.
 */
export async function mutatePod(
  pod: V1Pod,
  namespace: string,
  settings: PodMutationSettings,
  managerNamespace: string,
  surroundings: PodSurroundings,
): Promise<V1Pod> {
  if (pod.metadata?.labels?.[inferenceServiceLabel] === undefined || pod.spec === undefined) return pod;
  const selected = selectGkeAccelerator(pod);
  const source = modelSourceOf(selected);
  const injection: StorageInjection = {
    namespace,
    managerNamespace,
    annotations: pod.metadata.annotations ?? {},
    settings,
    surroundings,
    ...(source?.storage === undefined ? {} : { storage: source.storage }),
    ...(source?.storageContainerName === undefined ? {} : { storageContainerName: source.storageContainerName }),
  };
  const withFiles = await changeSpec(selected, async (spec) =>
    source === undefined ? spec : injectStorageUri(spec, source.uri, injection),
  );
  const withAgent = await injectAgent(withFiles, namespace, settings, surroundings);
  const measured = aggregateMetrics(withAgent, settings.metricsAggregator);
  const withImage = await changeSpec(measured, async (spec) =>
    source === undefined ? spec : addImage(spec, source.uri, injection),
  );
  // Last, since images may bring a storage initializer too.
  return useIstioUser(withImage);
}

async function changeSpec(pod: V1Pod, change: (spec: V1PodSpec) => Promise<V1PodSpec>): Promise<V1Pod> {
  return pod.spec === undefined ? pod : { ...pod, spec: await change(pod.spec) };
}

function addImage(spec: V1PodSpec, uri: string, pod: StorageInjection): V1PodSpec {
  const mode = ociMode(uri, pod.settings.storageInitializer);
  if (mode === undefined) return spec;
  const volumeName = volumeNamesOf([modelDirectory]).get(modelDirectory) ?? '';
  return addOciSources(spec, [{ uri, path: modelDirectory, mode, volumeName }], pod);
}
