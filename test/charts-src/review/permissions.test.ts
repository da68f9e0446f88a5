import type { JsonMap, Manifest } from '../../../charts-src/kubernetes/manifest';
import { permissionsOf } from '../../../charts-src/review/permissions';
import { clusterObject, object, workload } from './objects';

const rule = (resource: string, verbs: string[], group = '', more: JsonMap = {}): JsonMap => ({
  apiGroups: [group],
  resources: [resource],
  verbs,
  ...more,
});
const account = { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' };
const binding = (kind: 'RoleBinding' | 'ClusterRoleBinding', roleKind: string, role: string, subjects: JsonMap[]) => {
  const members = { roleRef: { kind: roleKind, name: role }, subjects };
  return kind === 'RoleBinding' ? object(kind, role, members) : clusterObject(kind, role, members);
};

/** Subjects with `RESOURCE VERBS in SCOPE` of each. */
function summary(manifests: readonly Manifest[]): Record<string, string[]> {
  return Object.fromEntries(
    permissionsOf(manifests).map(({ subject = 'nobody', permissions }) => [
      subject,
      permissions.map(({ group, resource, verbs, namespace = 'the cluster', names }) => {
        const only = names.length === 0 ? '' : ` only ${names.join(',')}`;
        return `${group === '' ? '' : `${group}/`}${resource} ${verbs.join(',')} in ${namespace}${only}`;
      }),
    ]),
  );
}

describe('who may do what', () => {
  it('is what bound roles say: a ClusterRole counts in the scope of its binding', () => {
    const reader = clusterObject('ClusterRole', 'reader', { rules: [rule('pods', ['get', 'list'])] });
    expect(summary([reader, binding('ClusterRoleBinding', 'ClusterRole', 'reader', [account])])).toEqual({
      'ServiceAccount shop/robot': ['pods get,list in the cluster'],
    });
    expect(summary([reader, binding('RoleBinding', 'ClusterRole', 'reader', [account])])).toEqual({
      'ServiceAccount shop/robot': ['pods get,list in shop'],
    });
  });

  it('has one line for each resource of a rule, with the names it is limited to', () => {
    const role = object('Role', 'leases', {
      rules: [
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases', 'other'],
          verbs: ['get'],
          resourceNames: ['a', 'b'],
        },
        { nonResourceURLs: ['/metrics'], verbs: ['get'] },
      ],
    });
    expect(summary([role, binding('RoleBinding', 'Role', 'leases', [account])])).toEqual({
      'ServiceAccount shop/robot': [
        '/metrics get in shop',
        'coordination.k8s.io/leases get in shop only a,b',
        'coordination.k8s.io/other get in shop only a,b',
      ],
    });
  });

  it('lists accounts that may do nothing, with the pods that run as them', () => {
    const manifests = [object('ServiceAccount', 'idle'), workload('a', { serviceAccountName: 'idle' }), workload('b')];
    expect(permissionsOf(manifests)).toEqual([
      { subject: 'ServiceAccount shop/default', workloads: ['Deployment b'], permissions: [], foreignRoles: [] },
      { subject: 'ServiceAccount shop/idle', workloads: ['Deployment a'], permissions: [], foreignRoles: [] },
    ]);
  });

  it('names roles that are rendered elsewhere, and puts roles that nobody is bound to last', () => {
    const free = clusterObject('ClusterRole', 'free', { rules: [rule('pods', ['get'])] });
    const manifests = [free, binding('ClusterRoleBinding', 'ClusterRole', 'view', [account])];
    expect(permissionsOf(manifests)).toEqual([
      { subject: 'ServiceAccount shop/robot', workloads: [], permissions: [], foreignRoles: ['ClusterRole view'] },
      {
        subject: undefined,
        workloads: [],
        permissions: [expect.objectContaining({ resource: 'pods', role: 'ClusterRole free' })],
        foreignRoles: [],
      },
    ]);
  });

  it('tells a Role from another one of the same name in another namespace', () => {
    const elsewhere: Manifest = {
      ...object('Role', 'reader', { rules: [rule('secrets', ['get'])] }),
      metadata: { name: 'reader', namespace: 'vault' },
    };
    const own = object('Role', 'reader', { rules: [rule('pods', ['get'])] });
    expect(summary([elsewhere, own, binding('RoleBinding', 'Role', 'reader', [account])])).toEqual({
      'ServiceAccount shop/robot': ['pods get in shop'],
      nobody: ['secrets get in vault'],
    });
  });

  it('takes groups and users as they are called', () => {
    const reader = clusterObject('ClusterRole', 'reader', { rules: [rule('pods', ['get'])] });
    const group = { kind: 'Group', name: 'system:authenticated' };
    const [grantee] = permissionsOf([reader, binding('ClusterRoleBinding', 'ClusterRole', 'reader', [group])]);
    expect(grantee?.subject).toBe('Group system:authenticated');
    expect(grantee?.permissions[0]?.risks).toEqual([{ level: 'high', meaning: 'everybody may' }]);
  });
});
