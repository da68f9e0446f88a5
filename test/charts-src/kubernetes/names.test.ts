import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { refuseDuplicates, withValidNames } from '../../../charts-src/kubernetes/names';

const object = (kind: string, name: string, namespace = 'shop', apiVersion = 'v1'): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
});

describe('the names pass', () => {
  it.each([
    ['Service', 'a'.repeat(63)],
    ['ConfigMap', 'config.with.dots'],
    ['Role', 'system:leader-locking'],
  ])('lets a %s be called %s', (kind, name) => {
    expect(withValidNames(object(kind, name)).metadata.name).toBe(name);
  });

  it.each([
    ['Service', 'a'.repeat(64), 'a DNS label of at most 63 characters'],
    ['Service', 'with.dots', 'a DNS label'],
    ['ConfigMap', 'Upper', 'a DNS subdomain'],
    ['Role', 'a/b', 'without / and %'],
    ['StatefulSet', 'a'.repeat(53), 'a DNS label of at most 52 characters'],
  ])('refuses a %s called %s, saying the rule', (kind, name, rule) => {
    const refused = () => withValidNames(object(kind, name));
    expect(refused).toThrow(`rendering ${kind} shop/${name}: metadata.name: got "${name}", must be `);
    expect(refused).toThrow(rule);
  });

  it('refuses a namespace and a label value that the API server would not take', () => {
    expect(() => withValidNames(object('Service', 'web', 'my.shop'))).toThrow('metadata.namespace: got "my.shop"');
    const labelled = { ...object('Service', 'web'), metadata: { name: 'web', labels: { app: 'a'.repeat(64) } } };
    expect(() => withValidNames(labelled)).toThrow('label app: got');
  });
});

describe('identities', () => {
  it('may share a name across kinds, groups and namespaces', () => {
    const manifests = [
      object('Service', 'web'),
      object('ConfigMap', 'web'),
      object('Service', 'web', 'other'),
      object('Service', 'web', 'shop', 'serving.knative.dev/v1'),
    ];
    expect(() => refuseDuplicates(new Map([['all', manifests]]))).not.toThrow();
  });

  it('are rendered once, whatever the version, and by one component', () => {
    const [one, other] = [
      object('Deployment', 'web', 'shop', 'apps/v1'),
      object('Deployment', 'web', 'shop', 'apps/v1beta1'),
    ];
    expect(() => refuseDuplicates(new Map([['a', [one, other]]]))).toThrow(
      'rendering Deployment shop/web: it is rendered twice by a: give one of them another name',
    );
    expect(() =>
      refuseDuplicates(
        new Map([
          ['a', [one]],
          ['b', [other]],
        ]),
      ),
    ).toThrow('rendered by a and by b');
  });
});
