import type { JsonMap } from '../../../charts-src/kubernetes/manifest';
import { withRestrictedPods } from '../../../charts-src/kubernetes/security';
import { containerOf, deployment, podSpecOf } from './workload';

describe('the security pass', () => {
  it('fills in what the restricted standard asks for and nobody said', () => {
    const secured = withRestrictedPods(deployment());
    expect(podSpecOf(secured)).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(containerOf(secured)['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('secures init containers too', () => {
    const secured = withRestrictedPods(deployment({ initContainers: [{ name: 'prepare' }] }));
    expect(podSpecOf(secured)['initContainers']).toEqual([
      expect.objectContaining({
        name: 'prepare',
        securityContext: expect.objectContaining({ allowPrivilegeEscalation: false }) as object,
      }),
    ]);
  });

  it('keeps what is stated and allowed', () => {
    const secured = withRestrictedPods(
      deployment(
        { automountServiceAccountToken: true, securityContext: { runAsUser: 65532 } },
        { securityContext: { capabilities: { add: ['NET_BIND_SERVICE'] } } },
      ),
    );
    expect(podSpecOf(secured)).toMatchObject({
      automountServiceAccountToken: true,
      securityContext: { runAsUser: 65532, runAsNonRoot: true },
    });
    expect(containerOf(secured)['securityContext']).toMatchObject({
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    });
  });

  it.each<[string, JsonMap, JsonMap, string]>([
    ['the host network', { hostNetwork: true }, {}, 'hostNetwork: got true'],
    ['a host path', { volumes: [{ name: 'disk', hostPath: { path: '/' } }] }, {}, 'volume disk: got hostPath'],
    ['root', { securityContext: { runAsUser: 0 } }, {}, 'pod: runAsUser: got 0'],
    [
      'no seccomp',
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
      {},
      'seccompProfile: got Unconfined',
    ],
    [
      'privileges',
      {},
      { securityContext: { privileged: true } },
      'container server: privileged: got true, allowed: false',
    ],
    ['a capability', {}, { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }, 'got capability SYS_ADMIN'],
    ['a host port', {}, { ports: [{ containerPort: 80, hostPort: 80 }] }, 'container server: got host port 80'],
    [
      'a writable root',
      {},
      { securityContext: { readOnlyRootFilesystem: false } },
      'readOnlyRootFilesystem: got false',
    ],
  ])('refuses %s, naming the object and the field', (_, podSpec, container, message) => {
    const refused = () => withRestrictedPods(deployment(podSpec, container));
    expect(refused).toThrow('rendering Deployment shop/web: ');
    expect(refused).toThrow(message);
  });
});
