import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** A namespace that an environment brings. */
export interface NamespaceProps {
  readonly name: string;
  /** Labels besides those of the standard. */
  readonly labels: Readonly<Record<string, string>>;
  /** Pod security standard that the API server enforces there. */
  readonly podSecurity: 'restricted' | 'baseline' | 'privileged';
  /** Whether pods may talk to nobody unless a further policy says so. */
  readonly defaultDeny: boolean;
}

/** What all components of an environment stand on. */
export interface NamespacesProps {
  readonly namespaces: readonly NamespaceProps[];
  /** Priority of the platform's pods. */
  readonly priorityClass?: { readonly name: string; readonly value: number };
}

/** Namespaces with their Pod security standard and, where wanted, without traffic to begin with. */
export class Namespaces extends Construct {
  constructor(scope: Construct, id: string, props: NamespacesProps) {
    super(scope, id);
    if (props.priorityClass !== undefined) {
      const { name, value } = props.priorityClass;
      new k8s.KubePriorityClass(this, 'PriorityClass', {
        metadata: { name },
        value,
        description: 'Pods that serve and register models for everybody: they go before the workloads of users.',
      });
    }
    for (const { name, labels, podSecurity, defaultDeny } of props.namespaces) {
      new k8s.KubeNamespace(this, name, {
        metadata: {
          name,
          // A namespace takes everything in it along: a GitOps tool must ask first.
          annotations: { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
          labels: {
            ...labels,
            'pod-security.kubernetes.io/enforce': podSecurity,
            // Follows the API server: a pinned version would freeze the standard of the year it was written in.
            'pod-security.kubernetes.io/enforce-version': 'latest',
            'pod-security.kubernetes.io/warn': podSecurity,
            'pod-security.kubernetes.io/warn-version': 'latest',
          },
        },
      });
      if (!defaultDeny) continue;
      new k8s.KubeNetworkPolicy(this, `${name} default deny`, {
        metadata: { name: 'default-deny', namespace: name },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      });
    }
  }
}
