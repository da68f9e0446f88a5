import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { findingsOf } from '../../../charts-src/review/findings';
import { imagesOf } from '../../../charts-src/review/images';
import { permissionsOf } from '../../../charts-src/review/permissions';
import { trafficOf } from '../../../charts-src/review/traffic/traffic';
import { clusterObject, environmentOf, object, policy, workload } from './objects';

function findings(manifests: readonly Manifest[]): string[] {
  const source = { name: 'test', grantees: permissionsOf(manifests), traffic: trafficOf(manifests) };
  return findingsOf([source], imagesOf([environmentOf('test', manifests)])).map(
    ({ level, environment, section, text }) => `${level} ${environment} ${section}: ${text}`,
  );
}

const pinned = { image: `example.org/web@sha256:${'0'.repeat(64)}` };
const closed = (name: string, spec = {}) => policy(name, { policyTypes: ['Ingress', 'Egress'], ...spec });

describe('what to look at first', () => {
  it('is nothing when workloads are limited and images pinned', () => {
    expect(findings([workload('web', {}, pinned), closed('web')])).toEqual([]);
  });

  it('is what is risky, then what is open, idle or not pinned', () => {
    const role = clusterObject('ClusterRole', 'secrets', {
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
    });
    const binding = object('RoleBinding', 'secrets', {
      roleRef: { kind: 'ClusterRole', name: 'secrets' },
      subjects: [{ kind: 'ServiceAccount', name: 'robot' }],
    });
    expect(findings([role, binding, workload('web'), policy('gone', {})])).toEqual([
      'high test permissions: ServiceAccount shop/robot reads Secrets, in shop (secrets)',
      'notice test traffic: Deployment shop/web: no policy: open both ways',
      'notice test traffic: NetworkPolicy shop/gone selects no rendered pod',
      'notice test images: example.org/web:1 is pinned by its tag only',
    ]);
  });

  it('is a connection that one end allows and the other does not', () => {
    const ingress = [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 80 }] }];
    const manifests = [
      workload('web', {}, pinned),
      workload('api', {}, pinned),
      closed('web'),
      closed('api', { ingress }),
    ];
    expect(findings(manifests)).toEqual([
      "high test traffic: Deployment shop/web can't reach Deployment shop/api at TCP 80: one end allows it, the other has no egress rule for it",
    ]);
  });
});
