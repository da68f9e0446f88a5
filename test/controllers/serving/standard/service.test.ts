import type { V1Container } from '@kubernetes/client-node';
import type { ComponentExtension } from '../../../../controllers/serving/component-plan';
import { desiredService, withLiveClusterIp } from '../../../../controllers/serving/standard/service';
import { owner, settings, tensorflowPlan } from './tensorflow-plan';

type Ports = NonNullable<V1Container['ports']>;

const portsOf = (containers: Record<string, Ports | undefined>, extension: ComponentExtension = {}) => {
  const podSpec = {
    containers: Object.entries(containers).map(([name, ports]) => ({ name, ...(ports !== undefined && { ports }) })),
  };
  return desiredService(tensorflowPlan({ podSpec, extension }), owner, settings).spec?.ports;
};

it('has the metadata of the Deployment and selects its pods (case 29)', () => {
  const { metadata, spec } = desiredService(tensorflowPlan(), owner, settings);
  expect(metadata).toMatchObject({ name: 'raw-foo-predictor', labels: { app: 'isvc.raw-foo-predictor' } });
  expect(spec).toEqual({
    selector: { app: 'isvc.raw-foo-predictor' },
    ports: [{ name: 'raw-foo-predictor', port: 80, targetPort: 8080, protocol: 'TCP' }],
  });
});

describe('ports (case 80)', () => {
  it('are those of the first container, the first one as 80', () => {
    const ports: Ports = [
      { containerPort: 8081, name: 'http1', protocol: 'TCP' },
      { containerPort: 9000, name: 'metrics', protocol: 'TCP' },
    ];
    expect(portsOf({ 'kserve-container': ports, other: [{ containerPort: 1 }] })).toEqual([
      { name: 'http1', port: 80, targetPort: 8081, protocol: 'TCP' },
      { name: 'metrics', port: 9000, targetPort: 9000, protocol: 'TCP' },
    ]);
  });

  it('are those of the transformer where the pod has one', () => {
    expect(
      portsOf({
        'kserve-container': [{ containerPort: 8080 }],
        'transformer-container': [{ containerPort: 8000, name: 'http' }],
      }),
    ).toEqual([{ name: 'http', port: 80, targetPort: 8000, protocol: 'TCP' }]);
  });

  it.each(['grpc-port', 'h2c-port', 'h2c'])('tell gateways that %s speaks HTTP/2', (name) => {
    expect(
      portsOf({
        'kserve-container': [
          { containerPort: 9000, name },
          { containerPort: 9001, name: `${name}-2` },
        ],
      }),
    ).toEqual([
      { name, port: 80, targetPort: 9000, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' },
      { name: `${name}-2`, port: 9001, targetPort: 9001, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' },
    ]);
  });

  it('are TCP unless said otherwise, so that nothing differs from what the API server stores', () => {
    expect(portsOf({ main: [{ containerPort: 8080 }] })).toEqual([{ port: 80, targetPort: 8080, protocol: 'TCP' }]);
    expect(portsOf({ main: [{ containerPort: 8080, protocol: 'UDP' }] })).toMatchObject([{ protocol: 'UDP' }]);
  });

  it('have names where there are several, and no number twice', () => {
    const ports = [{ containerPort: 8080 }, { containerPort: 9000 }, { containerPort: 9000 }];
    expect(portsOf({ main: ports })?.map(({ name }) => name)).toEqual(['port-8080', 'port-9000']);
  });

  it.each<[string, ComponentExtension]>([
    ['a logger', { logger: { mode: 'all' } }],
    ['a batcher', { batcher: {} }],
  ])('lead to the agent behind %s', (_name, extension) => {
    const ports = [
      { containerPort: 8080, name: 'http' },
      { containerPort: 9000, name: 'grpc' },
    ];
    expect(portsOf({ main: ports }, extension)?.map(({ targetPort }) => targetPort)).toEqual([9081, 9000]);
    expect(portsOf({ main: undefined }, extension)).toMatchObject([{ port: 80, targetPort: 9081 }]);
  });
});

describe('the address', () => {
  const plan = tensorflowPlan();
  const own = desiredService(plan, owner, settings);
  const headless = desiredService(plan, owner, { service: { serviceClusterIPNone: true } });
  const live = (clusterIP: string) => ({ metadata: { name: plan.name }, spec: { clusterIP } });

  it('is absent when the configuration says so (case 80, case 45)', () => {
    expect(headless.spec).toMatchObject({ clusterIP: 'None' });
    expect(own.spec).not.toHaveProperty('clusterIP');
  });

  it('of a Service that is there stays, since it can not change', () => {
    expect(withLiveClusterIp(headless, live('10.0.0.1'))).toEqual(own);
    expect(withLiveClusterIp(own, live('None'))).toEqual(headless);
    expect(withLiveClusterIp(headless, live('None'))).toBe(headless);
    expect(withLiveClusterIp(own, live('10.0.0.1'))).toBe(own);
    expect(withLiveClusterIp(headless, undefined)).toBe(headless);
  });
});
