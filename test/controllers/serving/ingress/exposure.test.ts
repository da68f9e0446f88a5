import { clusterDomainOf } from '../../../../controllers/serving/ingress/cluster-domain';
import { exposureOf } from '../../../../controllers/serving/ingress/exposure';
import { iris, settings } from './subjects';

const served = { httpRoutesServed: true };
const notServed = { httpRoutesServed: false };
const gateway = settings({ enableGatewayApi: true });
const visibility = 'networking.kserve.io/visibility';
const stop = (value: string) => iris({ annotations: { 'serving.kserve.io/stop': value } });

test.each([
  ['by an Ingress, though routes are served', iris(), settings(), served, 'ingress'],
  ['by routes where they are enabled', iris(), gateway, served, 'gateway'],
  ['not yet where routes are enabled and not served', iris(), gateway, notServed, 'gatewayMissing'],
  ['not when it is stopped', stop('True'), gateway, notServed, 'stopped'],
  [
    'not when it is stopped and local',
    iris({ ...stop('true').metadata, labels: { [visibility]: 'cluster-local' } }),
    gateway,
    served,
    'stopped',
  ],
  ['by routes when the stop says something else', stop('yes'), gateway, served, 'gateway'],
  [
    'not when it is local to the cluster',
    iris({ labels: { [visibility]: 'cluster-local' } }),
    settings(),
    served,
    'internal',
  ],
  [
    'by an Ingress when its visibility says something else',
    iris({ labels: { [visibility]: 'public' } }),
    settings(),
    served,
    'ingress',
  ],
  [
    'not where the domain is the cluster’s',
    iris(),
    settings({ ingressDomain: 'svc.cluster.local' }),
    served,
    'internal',
  ],
  [
    'not where creation is disabled (case 36)',
    iris(),
    settings({ enableGatewayApi: true, disableIngressCreation: true }),
    notServed,
    'internal',
  ],
] as const)('an InferenceService is reached %s', (_how, isvc, written, facts, expected) => {
  expect(exposureOf(isvc, written, facts)).toBe(expected);
});

test('the domain of the cluster is what the cluster says', () => {
  const own = { httpRoutesServed: true, clusterDomain: 'k8s.corp' };
  expect(exposureOf(iris(), settings({ ingressDomain: 'svc.k8s.corp' }), own)).toBe('internal');
  expect(exposureOf(iris(), settings({ ingressDomain: 'svc.cluster.local' }), own)).toBe('ingress');
});

test.each([
  ['search kserve.svc.k8s.corp svc.k8s.corp k8s.corp\nnameserver 10.0.0.10\n', {}, 'k8s.corp'],
  ['nameserver 10.0.0.10\nsearch\tsvc.k8s.corp.\n', { CLUSTER_DOMAIN: 'other' }, 'k8s.corp'],
  ['nameserver 10.0.0.10\nsearch corp svc.\n', { CLUSTER_DOMAIN: 'given.corp' }, 'given.corp'],
  ['', { CLUSTER_DOMAIN: '' }, 'cluster.local'],
  ['# search svc.commented.out\n', {}, 'cluster.local'],
])('of resolv.conf %j and variables %j the domain is %s', (resolvConf, environment, expected) => {
  expect(clusterDomainOf(resolvConf, environment)).toBe(expected);
});
