import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';

/** Pods that stand by for each other. */
export interface Replicated {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly replicas: number;
}

/** Replicas stand by for each other: one node or zone less must not take all of them. Nothing for a single one. */
export function spread({ selector, replicas }: Replicated): {
  topologySpreadConstraints?: k8s.TopologySpreadConstraint[];
} {
  if (replicas < 2) return {};
  return {
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { ...selector } },
    })),
  };
}

/** A drained node takes one of them at a time. None for a single one: it would keep its node from being drained at all. */
export function addDisruptionBudget(scope: Construct, { name, namespace, selector, replicas }: Replicated): void {
  if (replicas < 2) return;
  new k8s.KubePodDisruptionBudget(scope, 'PodDisruptionBudget', {
    metadata: { name, namespace },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: { ...selector } },
      // A pod that never becomes ready must not keep its node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
}
