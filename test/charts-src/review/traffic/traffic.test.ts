import type { JsonMap, Manifest } from '../../../../charts-src/kubernetes/manifest';
import { trafficOf } from '../../../../charts-src/review/traffic/traffic';
import { clusterObject, object, policy, workload } from '../objects';

const pods = (app: string): JsonMap => ({ podSelector: { matchLabels: { app } } });
const tcp = (...ports: (number | string)[]): JsonMap[] => ports.map((port) => ({ protocol: 'TCP', port }));
const from = (peers: JsonMap[], ports: JsonMap[] = tcp(80)): JsonMap => ({
  policyTypes: ['Ingress'],
  ingress: [{ from: peers, ports }],
});
const to = (peers: JsonMap[], ports: JsonMap[] = tcp(80)): JsonMap => ({
  policyTypes: ['Egress'],
  egress: [{ to: peers, ports }],
});
const [web, api] = [workload('web'), workload('api')];

/** Flows as `FROM -> TO PORTS: VERDICT`. */
function flows(...manifests: Manifest[]): string[] {
  const shorter = (id: string) => id.replace('Deployment shop/', '');
  return trafficOf(manifests).flows.map(
    (flow) => `${shorter(flow.from)} -> ${shorter(flow.to)} ${flow.ports.join('+')}: ${flow.verdict}`,
  );
}

describe('traffic between workloads', () => {
  it('is not named where no policy is', () => {
    expect(flows(web, api)).toEqual([]);
  });

  it.each<[string, Manifest[], string[]]>([
    [
      'allowed by the ingress of one end when the other is open',
      [policy('api', from([pods('web')]))],
      ['web -> api TCP 80: allowed'],
    ],
    [
      'allowed by the egress of one end when the other is open',
      [policy('web', to([pods('api')]))],
      ['web -> api TCP 80: allowed'],
    ],
    [
      'allowed when both ends name each other',
      [policy('web', to([pods('api')])), policy('api', from([pods('web')]))],
      ['web -> api TCP 80: allowed'],
    ],
    [
      'blocked when the source may not send',
      [policy('web', to([pods('other')])), policy('api', from([pods('web')]))],
      ['web -> api TCP 80: no egress', 'web -> destination pods, namespace shop: app=other TCP 80: allowed'],
    ],
    [
      'blocked when the destination does not admit it',
      [policy('web', to([pods('api')])), policy('api', { policyTypes: ['Ingress'] })],
      ['web -> api TCP 80: no ingress'],
    ],
    [
      'allowed for the ports that both ends have, and blocked for the rest',
      [policy('web', to([pods('api')], tcp(80, 81))), policy('api', from([pods('web')], tcp(80, 82)))],
      ['web -> api TCP 80: allowed', 'web -> api TCP 82: no egress', 'web -> api TCP 81: no ingress'],
    ],
    [
      'allowed when the whole namespace of the source is admitted',
      [
        policy('web', to([pods('api')])),
        policy('api', from([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }])),
      ],
      ['web -> api TCP 80: allowed', 'source namespace: shop -> api TCP 80: allowed'],
    ],
    [
      'the union of all policies of a pod',
      [
        policy('api', from([pods('web')])),
        { ...policy('api', from([pods('web')], tcp(81))), metadata: { name: 'more', namespace: 'shop' } },
      ],
      ['web -> api TCP 80+TCP 81: allowed'],
    ],
    [
      'on any port when the rule names none',
      [policy('api', from([pods('web')], []))],
      ['web -> api any port: allowed'],
    ],
  ])('is %s', (_, policies, expected) => {
    expect(flows(web, api, ...policies)).toEqual(expected);
  });

  it('means the container port by a name', () => {
    const named = workload('api', {}, { ports: [{ name: 'http', containerPort: 8080 }] });
    const both = [policy('web', to([pods('api')], tcp(8080))), policy('api', from([pods('web')], tcp('http')))];
    expect(flows(web, named, ...both)).toEqual(['web -> api TCP 8080: allowed']);
  });

  it('asks the labels of rendered namespaces', () => {
    const namespace: Manifest = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { team: 'a' } },
    };
    const ofTeam = (team: string) => ({ namespaceSelector: { matchLabels: { team } }, ...pods('web') });
    expect(flows(web, api, namespace, policy('api', from([ofTeam('a')])))).toEqual(['web -> api TCP 80: allowed']);
    expect(flows(web, api, namespace, policy('api', from([ofTeam('b')])))).toEqual([
      'source pods, namespaces labelled team=b: app=web -> api TCP 80: allowed',
    ]);
  });
});

describe('traffic with others', () => {
  it.each<[string, JsonMap, string]>([
    ['anybody for a rule without peers', {}, 'source in and outside of the cluster: anybody'],
    [
      'a namespace by its name',
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'mesh' } } },
      'source namespace: mesh',
    ],
    [
      'namespaces by label',
      { namespaceSelector: { matchLabels: { team: 'a' } } },
      'source namespaces labelled: team=a',
    ],
    ['every namespace', { namespaceSelector: {} }, 'source namespaces: every namespace'],
    ['all pods of the own namespace', { podSelector: {} }, 'source namespace: shop'],
    [
      'addresses',
      { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
      'source addresses, except 10.1.0.0/16: 10.0.0.0/8',
    ],
    ['all addresses', { ipBlock: { cidr: '0.0.0.0/0' } }, 'source addresses: any address (0.0.0.0/0)'],
  ])('is with %s', (_, peer, outsider) => {
    const ingress = Object.keys(peer).length === 0 ? [{ ports: tcp(80) }] : [{ from: [peer], ports: tcp(80) }];
    expect(flows(api, policy('api', { policyTypes: ['Ingress'], ingress }))).toEqual([
      `${outsider} -> api TCP 80: allowed`,
    ]);
  });
});

describe('what limits workloads and namespaces', () => {
  const denyAll = (policyTypes: string[]) =>
    object('NetworkPolicy', 'default-deny', { spec: { podSelector: {}, policyTypes } });

  it('is every policy that selects a workload, by direction; one without policy types limits callers only', () => {
    const manifests = [web, api, denyAll(['Egress']), policy('api', { ingress: [] })];
    expect(trafficOf(manifests).workloads.map(({ id, policies }) => [id, policies])).toEqual([
      ['Deployment shop/web', { Ingress: [], Egress: ['default-deny'] }],
      ['Deployment shop/api', { Ingress: ['api'], Egress: ['default-deny'] }],
    ]);
  });

  it.each([
    ['both directions', [denyAll(['Ingress', 'Egress'])], ['Ingress', 'Egress']],
    ['one direction', [denyAll(['Ingress'])], ['Ingress']],
    ['nothing when the policy is for some pods', [policy('web', { policyTypes: ['Ingress'] })], []],
    ['nothing without a policy', [], []],
  ])('a namespace denies %s', (_, policies, denies) => {
    expect(trafficOf([clusterObject('Namespace', 'shop'), ...policies]).namespaces).toEqual([{ name: 'shop', denies }]);
  });

  it('a policy for pods that nobody renders is called idle', () => {
    expect(trafficOf([web, policy('gone', {}), policy('web', {})]).idlePolicies).toEqual(['shop/gone']);
  });
});
