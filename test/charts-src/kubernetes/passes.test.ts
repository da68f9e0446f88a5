import type { JsonMap, Manifest } from '../../../charts-src/kubernetes/manifest';
import { applyPasses } from '../../../charts-src/kubernetes/passes';
import { podTemplateOf } from '../../../charts-src/kubernetes/pod-template';
import { deployment } from './workload';

const labels = { name: 'web', instance: 'web-1', component: 'shop' };
const images = new Set(['example.org/web:1']);
const context = { labels, images };
const object = (apiVersion: string, kind: string, name: string, namespace?: string): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

describe('the passes', () => {
  it('order objects by what they need, then by namespace and name in code units', () => {
    const given = [
      deployment(),
      object('v1', 'ConfigMap', 'b', 'shop'),
      object('v1', 'ConfigMap', 'a', 'shop'),
      object('v1', 'ConfigMap', 'z', 'bar'),
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'x'),
      object('v1', 'Namespace', 'shop'),
    ];
    const names = (manifests: readonly Manifest[]) =>
      applyPasses(manifests, context).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const expected = [
      'Namespace shop',
      'CustomResourceDefinition x',
      'ConfigMap z',
      'ConfigMap a',
      'ConfigMap b',
      'Deployment web',
    ];
    expect(names(given)).toEqual(expected);
    expect(names(given.toReversed())).toEqual(expected);
  });

  it('label objects and pod templates, keep chosen labels, and leave selectors alone', () => {
    const chosen: Manifest = {
      ...deployment(),
      metadata: { name: 'web', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'mine' } },
    };
    const [labelled = chosen] = applyPasses([chosen], context);
    expect(labelled.metadata.labels).toMatchObject({
      'app.kubernetes.io/name': 'mine',
      'app.kubernetes.io/instance': 'web-1',
      'app.kubernetes.io/part-of': 'slipway',
      'app.kubernetes.io/version': expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    expect(podTemplateOf(labelled)).toMatchObject({
      metadata: { labels: { app: 'web', 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/managed-by': 'slipway' } },
    });
    expect((labelled['spec'] as JsonMap)['selector']).toEqual({ matchLabels: { app: 'web' } });
  });

  it('take the namespace from cluster-scoped objects and ask for it on all others', () => {
    const role = object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'reader', 'shop');
    expect(applyPasses([role], context)[0]?.metadata).not.toHaveProperty('namespace');
    expect(() => applyPasses([object('v1', 'ConfigMap', 'web')], context)).toThrow(
      'rendering ConfigMap web: no namespace: set metadata.namespace, every ConfigMap has one',
    );
  });

  it('refuse a kind whose scope is not known, and an image that is not the environment’s', () => {
    expect(() => applyPasses([object('example.org/v1', 'Gadget', 'web', 'shop')], context)).toThrow(
      'rendering Gadget of example.org/v1: unknown kind',
    );
    expect(() => applyPasses([deployment({}, { image: 'example.org/web:latest' })], context)).toThrow(
      'container server: got image example.org/web:latest, allowed: example.org/web:1',
    );
  });

  it('change nothing the second time', () => {
    const once = applyPasses([deployment({}, { resources: { limits: { memory: '1024Mi' } } })], context);
    expect(applyPasses(once, context)).toEqual(once);
  });
});
