import { canonical } from '../../../charts-src/kubernetes/canonical';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { containerOf, deployment, podSpecOf } from './workload';

const metadata = { name: 'web', namespace: 'shop' };

describe('the canonical form', () => {
  it('has no empty lists and maps, save those that mean something', () => {
    const form = canonical(
      deployment(
        { tolerations: [], nodeSelector: {}, volumes: [{ name: 'tmp', emptyDir: {} }] },
        { env: [], command: null },
      ),
    );
    expect(podSpecOf(form)).not.toHaveProperty('tolerations');
    expect(podSpecOf(form)).not.toHaveProperty('nodeSelector');
    expect(podSpecOf(form)['volumes']).toEqual([{ name: 'tmp', emptyDir: {} }]);
    expect(Object.keys(containerOf(form))).toEqual(['name', 'image']);
  });

  it('keeps false, zero and empty text', () => {
    const form = canonical(deployment({ hostNetwork: false, priority: 0, subdomain: '' }));
    expect(podSpecOf(form)).toMatchObject({ hostNetwork: false, priority: 0, subdomain: '' });
  });

  it('keeps a NetworkPolicy that selects all pods', () => {
    const policy: Manifest = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: {
        podSelector: {},
        ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] }],
      },
    };
    expect(canonical(policy)['spec']).toEqual({
      podSelector: {},
      ingress: [
        {
          from: [{ namespaceSelector: {} }],
          ports: [
            { port: 80, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
      ],
    });
  });

  it('says the protocol of Service and container ports', () => {
    const service: Manifest = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } };
    expect(canonical(service)['spec']).toEqual({ ports: [{ port: 80, protocol: 'TCP' }] });
    const container = containerOf(canonical(deployment({}, { ports: [{ containerPort: 80 }] })));
    expect(container['ports']).toEqual([{ containerPort: 80, protocol: 'TCP' }]);
  });

  it('writes quantities in the largest unit', () => {
    const resources = { requests: { cpu: '1000m', memory: '2048Mi' }, limits: { 'nvidia.com/gpu': 1 } };
    expect(containerOf(canonical(deployment({}, { resources })))['resources']).toEqual({
      requests: { cpu: '1', memory: '2Gi' },
      limits: { 'nvidia.com/gpu': '1' },
    });
  });

  it('names the object and the container of a quantity that is none', () => {
    const resources = { limits: { memory: 'plenty' } };
    expect(() => canonical(deployment({}, { resources }))).toThrow(
      'rendering Deployment shop/web: resources of container server: got "plenty", not a quantity',
    );
  });

  it('leaves the schemas of definitions alone', () => {
    const definition: Manifest = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'x' },
      spec: { default: {}, enum: [] },
    };
    expect(canonical(definition)).toEqual(definition);
  });
});
