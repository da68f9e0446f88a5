import type { ComponentContent, ContentKind } from '../../../charts-src/gitops/component-content';
import { writtenByOthers } from '../../../charts-src/gitops/written-by-others';
import type { JsonMap } from '../../../charts-src/kubernetes/manifest';

type KindWithObject = readonly [group: string, kind: string, object?: JsonMap];

/** A component with objects of these kinds, and what they say. */
function component(kinds: readonly KindWithObject[]): ComponentContent {
  const found = kinds.map(([group, kind, object]): ContentKind => ({
    group,
    version: 'v1',
    kind,
    scope: 'Namespaced',
    objects: object === undefined ? [] : [object],
  }));
  return { directory: 'mine', kinds: found, namespaces: [] };
}

const ignoredIn = (...kinds: readonly KindWithObject[]) =>
  writtenByOthers(component(kinds)).flatMap(({ kind, jqPathExpressions }) =>
    jqPathExpressions.map((expression) => `${kind} ${expression}`),
  );

describe('fields that others write', () => {
  it.each([
    ['HorizontalPodAutoscaler', 'autoscaling'],
    ['ScaledObject', 'keda.sh'],
  ])('are the replicas of a Deployment that a %s scales', (kind, group) => {
    const target = { scaleTargetRef: { kind: 'Deployment', name: 'api' } };
    expect(ignoredIn(['apps', 'Deployment'], [group, kind, target])).toEqual(['Deployment .spec.replicas']);
  });

  it('are not the replicas where nothing scales them, or something scales a StatefulSet', () => {
    const target = { scaleTargetRef: { kind: 'StatefulSet', name: 'database' } };
    expect(ignoredIn(['apps', 'Deployment'])).toEqual([]);
    expect(ignoredIn(['apps', 'Deployment'], ['autoscaling', 'HorizontalPodAutoscaler', target])).toEqual([]);
  });

  it('are the replicas where a ScaledObject leaves out the kind, which then is Deployment', () => {
    const target = { scaleTargetRef: { name: 'api' } };
    expect(ignoredIn(['apps', 'Deployment'], ['keda.sh', 'ScaledObject', target])).toHaveLength(1);
  });

  it('are the certificates of webhooks', () => {
    const group = 'admissionregistration.k8s.io';
    expect(ignoredIn([group, 'MutatingWebhookConfiguration'], [group, 'ValidatingWebhookConfiguration'])).toEqual([
      'MutatingWebhookConfiguration .webhooks[]?.clientConfig.caBundle',
      'ValidatingWebhookConfiguration .webhooks[]?.clientConfig.caBundle',
    ]);
  });

  it('are the certificate of a conversion, where a definition has one', () => {
    const definition = (strategy: string) =>
      ignoredIn(['apiextensions.k8s.io', 'CustomResourceDefinition', { conversion: { strategy } }]);
    expect(definition('Webhook')).toEqual(['CustomResourceDefinition .spec.conversion.webhook.clientConfig.caBundle']);
    expect(definition('None')).toEqual([]);
  });

  it('are the rules of an aggregated role, and not those of another', () => {
    const group = 'rbac.authorization.k8s.io';
    expect(ignoredIn([group, 'ClusterRole', { aggregationRule: {} }])).toEqual(['ClusterRole .rules']);
    expect(ignoredIn([group, 'ClusterRole', { rules: [] }])).toEqual([]);
  });

  it('are what the API server adds to the claims of a StatefulSet', () => {
    expect(ignoredIn(['apps', 'StatefulSet'])).toEqual(
      ['apiVersion', 'kind', 'status'].map((member) => `StatefulSet .spec.volumeClaimTemplates[]?.${member}`),
    );
  });

  it('are the defaults of the references of an ExternalSecret', () => {
    expect(ignoredIn(['external-secrets.io', 'ExternalSecret'])).toEqual(
      ['decodingStrategy', 'metadataPolicy'].map((member) => `ExternalSecret .spec.data[]?.remoteRef.${member}`),
    );
  });
});
