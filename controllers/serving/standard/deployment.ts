import type { V1Deployment } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import { servingAnnotations, type AutoscalerClass } from '../../../definitions/names/serving';
import type { LeftFields } from '../../runtime/apply-child';
import type { ChildOwner } from '../../runtime/child-ownership';
import type { ObjectToSend } from '../../runtime/client';
import type { ComponentPlan } from '../component-plan';
import { childMeta, podSelector } from './child-meta';
import { deployedPodSpec } from './pod-spec';
import { rolloutStrategy } from './rollout';

/** Class of autoscalers that are switched off: replicas are what minReplicas says. */
const noAutoscaler: AutoscalerClass = 'none';

/**
 * The Deployment that runs a component.
 *
 * `replicas` is there only when no autoscaler is to set it; even at creation it would be a value of ours, which the next write would
 * put back.
 */
export function desiredDeployment(
  plan: ComponentPlan,
  owner: ChildOwner,
  { deploy }: Pick<InferenceServiceConfig, 'deploy'>,
): ObjectToSend<Stored<V1Deployment>> {
  const metadata = childMeta(plan, owner);
  const { name, namespace, labels, annotations } = metadata;
  // Pods that run are not stopped: a value of this annotation that says so must not replace them.
  const { [servingAnnotations.stop]: _stop, ...podAnnotations } = annotations ?? {};
  const { deploymentStrategy, minReplicas } = plan.extension;
  return {
    metadata,
    spec: {
      ...(isUnscaled(annotations) && minReplicas !== undefined && { replicas: minReplicas }),
      selector: { matchLabels: podSelector(plan) },
      template: {
        // Upstream puts the name here too, and the API server keeps it.
        metadata: {
          name,
          ...(namespace !== undefined && { namespace }),
          labels: { ...labels },
          annotations: podAnnotations,
        },
        spec: deployedPodSpec(plan.podSpec),
      },
      strategy: rolloutStrategy(deploymentStrategy, deploy),
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  };
}

/**
 * The replicas that an autoscaler has set, to be left as they are.
 *
 * They are ours in a Deployment that had no autoscaler until now: dropping them would leave one replica until the autoscaler has
 * looked.
 */
export function leftReplicas(
  desired: ObjectToSend<Stored<V1Deployment>>,
  live: Stored<V1Deployment> | undefined,
): LeftFields | undefined {
  const replicas = live?.spec?.replicas;
  if (replicas === undefined || desired.spec?.replicas !== undefined || isUnscaled(desired.metadata.annotations)) {
    return undefined;
  }
  return { fields: { spec: { replicas } }, wereOurs: isUnscaled(live?.metadata.annotations) };
}

function isUnscaled(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return annotations?.[servingAnnotations.autoscalerClass] === noAutoscaler;
}
