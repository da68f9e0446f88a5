import type { V1Container } from '@kubernetes/client-node';
import { mergeContainer, mergeEnvironment } from '../../../../controllers/serving/runtimes/merge-container';
import { frozen } from '../frozen';

const main = 'kserve-container';
const merge = (base: Partial<V1Container>, overlay: Partial<V1Container>) =>
  mergeContainer(frozen({ name: main, ...base }), frozen(overlay));

describe('merging the container of an InferenceService over that of its runtime (case 78)', () => {
  const cases: { name: string; base: Partial<V1Container>; overlay: Partial<V1Container>; merged: object }[] = [
    {
      name: 'lets the overlay win in scalars and keeps what it does not say',
      base: { image: 'runtime:1', workingDir: '/srv', stdin: true },
      overlay: { image: 'own:2', stdin: false },
      merged: { image: 'own:2', workingDir: '/srv', stdin: false },
    },
    {
      name: 'keeps the name of the base when the overlay has none',
      base: {},
      overlay: { image: 'a' },
      merged: { image: 'a' },
    },
    {
      name: 'keeps the name of the base when a Go client sends an empty one',
      base: {},
      overlay: { name: '' },
      merged: {},
    },
    {
      name: 'puts args after those of the runtime',
      base: { args: ['--port=8080', '--a'] },
      overlay: { args: ['--a', '--b'] },
      merged: { args: ['--port=8080', '--a', '--a', '--b'] },
    },
    {
      name: 'replaces command',
      base: { command: ['python', '-m', 'server'] },
      overlay: { command: ['/bin/own'] },
      merged: { command: ['/bin/own'] },
    },
    {
      name: 'takes an empty list as absent',
      base: { command: ['server'], args: ['--a'], env: [{ name: 'A', value: '1' }] },
      overlay: { command: [], args: [], env: [] },
      merged: { command: ['server'], args: ['--a'], env: [{ name: 'A', value: '1' }] },
    },
    {
      name: 'merges env by name',
      base: {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      overlay: {
        env: [
          { name: 'B', value: '3' },
          { name: 'C', value: '4' },
        ],
      },
      merged: {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '3' },
          { name: 'C', value: '4' },
        ],
      },
    },
    {
      name: 'clears a value when the overlay brings a source',
      base: { env: [{ name: 'A', value: '1' }] },
      overlay: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
      merged: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    },
    {
      name: 'clears a source when the overlay brings a value',
      base: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
      overlay: { env: [{ name: 'A', value: '1' }] },
      merged: { env: [{ name: 'A', value: '1' }] },
    },
    {
      name: 'keeps a source when the value of the overlay is empty',
      base: { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] },
      overlay: { env: [{ name: 'A', value: '' }] },
      merged: { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] },
    },
    {
      name: 'leaves one source of a variable',
      base: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
      overlay: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] },
      merged: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] },
    },
    {
      name: 'replaces envFrom and resizePolicy as a whole',
      base: {
        envFrom: [{ secretRef: { name: 'a' } }],
        resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
      },
      overlay: {
        envFrom: [{ secretRef: { name: 'b' } }],
        resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
      },
      merged: {
        envFrom: [{ secretRef: { name: 'b' } }],
        resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
      },
    },
    {
      name: 'merges ports by number',
      base: {
        ports: [
          { containerPort: 8080, protocol: 'TCP' },
          { containerPort: 9000, name: 'grpc' },
        ],
      },
      overlay: { ports: [{ containerPort: 8080, name: 'h2c' }, { containerPort: 8081 }] },
      merged: {
        ports: [
          { containerPort: 8080, protocol: 'TCP', name: 'h2c' },
          { containerPort: 8081 },
          { containerPort: 9000, name: 'grpc' },
        ],
      },
    },
    {
      name: 'loses no port of a number that is served over two protocols',
      base: {
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
      overlay: { ports: [{ containerPort: 53, protocol: 'UDP', name: 'dns' }] },
      merged: {
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP', name: 'dns' },
        ],
      },
    },
    {
      name: 'merges mounts by path and devices by device path',
      base: {
        volumeMounts: [
          { name: 'shm', mountPath: '/dev/shm' },
          { name: 'a', mountPath: '/a', readOnly: true },
        ],
        volumeDevices: [{ name: 'disk', devicePath: '/dev/xvda' }],
      },
      overlay: {
        volumeMounts: [{ name: 'b', mountPath: '/a' }],
        volumeDevices: [{ name: 'other', devicePath: '/dev/xvda' }],
      },
      merged: {
        volumeMounts: [
          { name: 'shm', mountPath: '/dev/shm' },
          { name: 'b', mountPath: '/a', readOnly: true },
        ],
        volumeDevices: [{ name: 'other', devicePath: '/dev/xvda' }],
      },
    },
    {
      name: 'merges resources per key and replaces claims',
      base: {
        resources: { limits: { cpu: '1', memory: '2Gi' }, requests: { cpu: '1' }, claims: [{ name: 'a' }] },
      },
      overlay: { resources: { limits: { memory: '4Gi', 'nvidia.com/gpu': '1' }, claims: [{ name: 'b' }] } },
      merged: {
        resources: {
          limits: { cpu: '1', memory: '4Gi', 'nvidia.com/gpu': '1' },
          requests: { cpu: '1' },
          claims: [{ name: 'b' }],
        },
      },
    },
    {
      name: 'takes resources for what they are, whatever their names',
      base: { resources: { limits: { cpu: '1' } } },
      overlay: { resources: { limits: { constructor: '1', toString: '2' } } },
      merged: { resources: { limits: { cpu: '1', constructor: '1', toString: '2' } } },
    },
    {
      name: 'merges the security context deeply and replaces its lists',
      base: { securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'], add: ['A'] } } },
      overlay: { securityContext: { runAsUser: 0, runAsNonRoot: false, capabilities: { add: ['B'] } } },
      merged: { securityContext: { runAsNonRoot: false, runAsUser: 0, capabilities: { drop: ['ALL'], add: ['B'] } } },
    },
    {
      name: 'merges a probe whose handler is of the same kind',
      base: { readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 } },
      overlay: { readinessProbe: { httpGet: { path: '/v2/ready', port: 8080 }, failureThreshold: 9 } },
      merged: {
        readinessProbe: { httpGet: { path: '/v2/ready', port: 8080 }, periodSeconds: 5, failureThreshold: 9 },
      },
    },
    {
      name: 'drops the handler of a probe when the overlay names another kind',
      base: {
        livenessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5 },
        lifecycle: { preStop: { sleep: { seconds: 5 } }, postStart: { exec: { command: ['a'] } } },
      },
      overlay: {
        livenessProbe: { tcpSocket: { port: 8080 } },
        lifecycle: { preStop: { exec: { command: ['drain'] } } },
      },
      merged: {
        livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 5 },
        lifecycle: { preStop: { exec: { command: ['drain'] } }, postStart: { exec: { command: ['a'] } } },
      },
    },
    {
      name: 'keeps the handler of a probe when the overlay only changes its times',
      base: { startupProbe: { grpc: { port: 9000 }, periodSeconds: 5 } },
      overlay: { startupProbe: { periodSeconds: 30 } },
      merged: { startupProbe: { grpc: { port: 9000 }, periodSeconds: 30 } },
    },
  ];
  it.each(cases)('$name', ({ base, overlay, merged }) => {
    expect(merge(base, overlay)).toEqual({ name: main, ...merged });
  });
});

describe('the order of a merged keyed list', () => {
  const names = (list: string) => list.split('').map((name) => ({ name }));
  it.each([
    ['a', 'b', 'ba', 'what only the overlay has precedes what only the base has'],
    ['abc', 'b', 'abc', 'what stood before an item of both stays before it'],
    ['abc', 'xb', 'xabc', 'an item of the overlay alone is not passed by the base'],
    ['abc', 'bx', 'abxc', 'the rest of the base comes last'],
    ['abcd', 'db', 'acdb', 'the overlay keeps its own order'],
    ['', 'ab', 'ab', 'an empty base adds nothing'],
    ['ab', '', 'ab', 'an empty overlay changes nothing'],
  ])('%s under %s is %s: %s', (base, overlay, merged) => {
    expect(
      mergeEnvironment(names(base), names(overlay))
        .map(({ name }) => name)
        .join(''),
    ).toBe(merged);
  });

  it('takes no more than a moment for long lists', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => ({ name: `V${index}`, value: 'base' }));
    const reversed = long.map(({ name }) => ({ name, value: 'overlay' })).reverse();
    const started = performance.now();
    const merged = mergeEnvironment(long, reversed);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(merged.map(({ name, value }) => `${name}=${value}`)).toEqual(reversed.map(({ name }) => `${name}=overlay`));
  });
});
