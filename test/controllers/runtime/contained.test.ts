import { isContained } from '../../../controllers/runtime/contained';

const container = (members: object) => ({ containers: [{ name: 'main', ...members }] });

describe('what others add is no difference', () => {
  test.each([
    ['a member', { a: 1 }, { a: 1, b: 2 }],
    ['a member of a map', { labels: { a: '1' } }, { labels: { a: '1', b: '2' } }],
    ['a container', container({ image: 'a' }), { containers: [{ name: 'agent' }, { name: 'main', image: 'a' }] }],
    ['a variable before ours', container({ env: [{ name: 'A' }] }), container({ env: [{ name: 'B' }, { name: 'A' }] })],
    [
      'a mount',
      container({ volumeMounts: [{ mountPath: '/a', name: 'v' }] }),
      container({
        volumeMounts: [
          { mountPath: '/b', name: 'v' },
          { mountPath: '/a', name: 'v' },
        ],
      }),
    ],
    [
      'the protocol of a port',
      container({ ports: [{ containerPort: 80 }] }),
      container({ ports: [{ containerPort: 80, protocol: 'TCP' }] }),
    ],
    ['the node port of a port', { ports: [{ port: 80 }] }, { ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }] }],
    ['another owner', { ownerReferences: [{ uid: 'a' }] }, { ownerReferences: [{ uid: 'b' }, { uid: 'a' }] }],
    [
      'a default in an atomic list',
      { items: [{ fieldRef: { fieldPath: 'a' } }] },
      { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'a' } }] },
    ],
    [
      'the defaults of a route',
      { rules: [{ backendRefs: [{ name: 'a', port: 80 }] }] },
      {
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ group: '', kind: 'Service', name: 'a', port: 80, weight: 1 }],
          },
        ],
      },
    ],
  ])('%s', (_name, desired, live) => {
    expect(isContained(desired, live)).toBe(true);
  });
});

describe('another way to say the same is no difference', () => {
  test.each([
    ['a quantity', { limits: { cpu: '1000m', memory: '2048Mi' } }, { limits: { cpu: '1', memory: '2Gi' } }],
    ['a quantity as number', { requests: { cpu: 1 } }, { requests: { cpu: '1' } }],
    [
      'the target of a metric',
      { metrics: [{ target: { value: '1000m' } }] },
      { metrics: [{ target: { value: '1' } }] },
    ],
    ['an empty list', { args: [] }, {}],
    ['empty labels', { labels: {} }, {}],
    ['an empty text', container({ env: [{ name: 'A', value: '' }] }), container({ env: [{ name: 'A' }] })],
    ['a switch that is off', { hostNetwork: false }, {}],
    ['undefined', { a: undefined }, {}],
    ['null', { a: null }, {}],
  ])('%s', (_name, desired, live) => {
    expect(isContained(desired, live)).toBe(true);
  });
});

describe('what others change or take away is a difference', () => {
  test.each([
    ['a value', { replicas: 1 }, { replicas: 2 }],
    ['a value of zero', { replicas: 0 }, {}],
    ['a switch that is on by default', { automountServiceAccountToken: false }, {}],
    ['the kind of a volume', { volumes: [{ name: 'a', emptyDir: {} }] }, { volumes: [{ name: 'a', hostPath: {} }] }],
    ['an image', container({ image: 'a' }), container({ image: 'b' })],
    ['a container', container({}), { containers: [] }],
    ['a variable', container({ env: [{ name: 'A', value: '1' }] }), container({ env: [{ name: 'A', value: '2' }] })],
    [
      'a text that looks like an amount',
      container({ env: [{ name: 'A', value: '1000m' }] }),
      container({ env: [{ name: 'A', value: '1' }] }),
    ],
    ['an argument', { args: ['a', 'b'] }, { args: ['b', 'a'] }],
    ['an argument more', { args: ['a'] }, { args: ['a', 'b'] }],
    ['a toleration more', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'a' }, { key: 'b' }] }],
    [
      'a member of an atomic list’s element',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ key: 'a', effect: 'NoSchedule' }] },
    ],
    [
      'a filter of a route',
      { rules: [{ backendRefs: [] }] },
      { rules: [{ backendRefs: [], filters: [{ type: 'URLRewrite' }] }] },
    ],
    ['the protocol of a port', { ports: [{ port: 80 }] }, { ports: [{ port: 80, protocol: 'UDP' }] }],
    ['a port’s target', { ports: [{ port: 80, targetPort: 8080 }] }, { ports: [{ port: 80, targetPort: '8080' }] }],
    ['a member named like one of every object', { labels: { constructor: 'a' } }, { labels: {} }],
    ['a list to a map', { a: [] }, { a: {} }],
    ['a map to a list', { a: {} }, { a: [] }],
  ])('%s', (_name, desired, live) => {
    expect(isContained(desired, live)).toBe(false);
  });
});
