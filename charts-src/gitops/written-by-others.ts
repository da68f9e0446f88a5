import { mapAt } from '../kubernetes/manifest';
import type { ComponentContent, ContentKind } from './component-content';

/** Fields of a kind that somebody else writes, as Argo CD's `ignoreDifferences` names them. */
export interface IgnoredFields {
  readonly group: string;
  readonly kind: string;
  readonly jqPathExpressions: readonly string[];
}

interface Row extends IgnoredFields {
  /** Whether it is so in a component, so that nothing is ignored that only we write. */
  readonly when: (kind: ContentKind, component: ComponentContent) => boolean;
}

const always = () => true;
const caBundles = ['.webhooks[]?.clientConfig.caBundle'];

const table: readonly Row[] = [
  {
    // The certificate of a webhook is made in the cluster.
    group: 'admissionregistration.k8s.io',
    kind: 'MutatingWebhookConfiguration',
    jqPathExpressions: caBundles,
    when: always,
  },
  {
    group: 'admissionregistration.k8s.io',
    kind: 'ValidatingWebhookConfiguration',
    jqPathExpressions: caBundles,
    when: always,
  },
  {
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    jqPathExpressions: ['.spec.conversion.webhook.clientConfig.caBundle'],
    when: ({ objects }) => objects.some((spec) => mapAt(spec, 'conversion')['strategy'] === 'Webhook'),
  },
  {
    group: 'apps',
    kind: 'Deployment',
    jqPathExpressions: ['.spec.replicas'],
    when: (_, { kinds }) => kinds.some((other) => scales(other, 'Deployment')),
  },
  {
    // The API server completes the templates, and Argo CD compares the whole list.
    group: 'apps',
    kind: 'StatefulSet',
    jqPathExpressions: ['apiVersion', 'kind', 'status'].map((member) => `.spec.volumeClaimTemplates[]?.${member}`),
    when: always,
  },
  {
    // The same with the references of an ExternalSecret.
    group: 'external-secrets.io',
    kind: 'ExternalSecret',
    jqPathExpressions: ['decodingStrategy', 'metadataPolicy'].map((member) => `.spec.data[]?.remoteRef.${member}`),
    when: always,
  },
  {
    // The rules of an aggregated role are put together by kube-controller-manager.
    group: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    jqPathExpressions: ['.rules'],
    when: ({ objects }) => objects.some((role) => role['aggregationRule'] !== undefined),
  },
];

/** What controllers, autoscalers and the API server write into the objects of a component. */
export function writtenByOthers(component: ComponentContent): readonly IgnoredFields[] {
  return table.flatMap(({ when, group, kind, jqPathExpressions }) => {
    const rendered = component.kinds.find((other) => other.group === group && other.kind === kind);
    return rendered !== undefined && when(rendered, component) ? [{ group, kind, jqPathExpressions }] : [];
  });
}

function scales({ kind, objects }: ContentKind, target: string): boolean {
  if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject') return false;
  return objects.some((spec) => (mapAt(spec, 'scaleTargetRef')['kind'] ?? 'Deployment') === target);
}
