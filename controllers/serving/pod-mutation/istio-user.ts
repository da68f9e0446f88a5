import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import * as z from 'zod';
import { containerNames, servingAnnotations } from '../../../definitions/names/serving';
import { PodMutationError } from './pod-mutation-error';
import { isStorageInitializer } from './storage/initializer-name';

/** User of Istio's sidecar unless the container says otherwise. */
const istioUser = 1337;

/** Interception that sends the traffic of all other users through the sidecar, which does not run yet when models are fetched. */
const redirect = 'REDIRECT';

const istioStatus = z.object({ containers: z.array(z.string()).nullish() });

/**
 * Lets the storage initializer reach the network where Istio's CNI plug-in redirects traffic: it gets the user that its annotation names,
 * else the one of the sidecar. Throws when Istio's status can't be read.
 */
export function useIstioUser(pod: V1Pod): V1Pod {
  const { spec } = pod;
  if (!spec?.initContainers?.some(isStorageInitializer)) return pod;
  const user = initializerUser(spec, pod.metadata?.annotations ?? {});
  if (user === undefined) return pod;
  const initContainers = spec.initContainers.map((container) =>
    isStorageInitializer(container) ? runAs(container, user) : container,
  );
  return { ...pod, spec: { ...spec, initContainers } };
}

function runAs(container: V1Container, user: number): V1Container {
  return { ...container, securityContext: { ...container.securityContext, runAsUser: user } };
}

function initializerUser(spec: V1PodSpec, annotations: Readonly<Record<string, string>>): number | undefined {
  const named = annotations[servingAnnotations.storageInitializerUid];
  if (named !== undefined) return /^[+-]?\d{1,15}$/.test(named) ? Number(named) : undefined;
  if (spec.initContainers?.some(({ name }) => name === containerNames.istioInit)) return undefined;
  if (annotations[servingAnnotations.istioInterceptionMode] !== redirect) return undefined;
  const status = annotations[servingAnnotations.istioStatus];
  if (status === undefined) return undefined;
  const sidecar = sidecarName(status);
  const container = [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === sidecar);
  return container === undefined ? undefined : (container.securityContext?.runAsUser ?? istioUser);
}

function sidecarName(status: string): string | undefined {
  let read: unknown;
  try {
    read = JSON.parse(status);
  } catch {
    throw invalidStatus();
  }
  const parsed = istioStatus.safeParse(read);
  if (!parsed.success) throw invalidStatus();
  return parsed.data.containers?.[0];
}

function invalidStatus(): PodMutationError {
  return new PodMutationError(
    `annotation ${servingAnnotations.istioStatus} of the pod is not a JSON object with a list of containers`,
  );
}
