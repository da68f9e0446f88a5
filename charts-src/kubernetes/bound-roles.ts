import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Permission } from '../../definitions/permissions/permission';

/** A role and the account that it is for. */
export interface BoundRole {
  readonly role: string;
  readonly binding: string;
  readonly account: { readonly name: string; readonly namespace: string };
  readonly rules: k8s.PolicyRule[];
}

/** Rules for one namespace, with their binding. */
export function addBoundRole(scope: Construct, namespace: string, { role, binding, account, rules }: BoundRole): void {
  new k8s.KubeRole(scope, `Role ${namespace} ${role}`, { metadata: { name: role, namespace }, rules });
  new k8s.KubeRoleBinding(scope, `RoleBinding ${namespace} ${role}`, {
    metadata: { name: binding, namespace },
    roleRef: roleRef('Role', role),
    subjects: [{ kind: 'ServiceAccount', ...account }],
  });
}

/** Rules for the whole cluster, with their binding. */
export function addBoundClusterRole(scope: Construct, { role, binding, account, rules }: BoundRole): void {
  new k8s.KubeClusterRole(scope, `ClusterRole ${role}`, { metadata: { name: role }, rules });
  new k8s.KubeClusterRoleBinding(scope, `ClusterRoleBinding ${role}`, {
    metadata: { name: binding },
    roleRef: roleRef('ClusterRole', role),
    subjects: [{ kind: 'ServiceAccount', ...account }],
  });
}

/** Permissions of one scope as rules of a role: exactly what they say. */
export function rulesOf(permissions: readonly Permission[], scope: Permission['scope']): k8s.PolicyRule[] {
  return permissions
    .filter((permission) => permission.scope === scope)
    .map(({ group, resource, verbs, resourceNames }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs: [...verbs],
      ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
    }));
}

function roleRef(kind: 'Role' | 'ClusterRole', name: string): k8s.RoleRef {
  return { apiGroup: 'rbac.authorization.k8s.io', kind, name };
}
