import { type JsonMap, type Manifest, mapAt, mapsAt } from '../kubernetes/manifest';
import { podTemplateOf } from '../kubernetes/pod-template';
import { byCodeUnit, textAt, textsAt } from './json';
import { type Risk, risksOf } from './risks';

/** What one rule allows for one kind of resource in one scope. */
export interface Permission {
  /** API group; empty for the core group and for what is no resource. */
  readonly group: string;
  /** Resource and subresource, or a path for what is no resource. */
  readonly resource: string;
  /** A namespace; undefined for the whole cluster. */
  readonly namespace: string | undefined;
  /** Objects that the rule is limited to; empty for all. */
  readonly names: readonly string[];
  readonly verbs: readonly string[];
  /** `Kind name` of the role that says so. */
  readonly role: string;
  readonly risks: readonly Risk[];
}

/** Who may do something. */
export interface Grantee {
  /** `ServiceAccount kubeflow/registry-sync`, `Group system:authenticated` ...; undefined for roles that nobody here is bound to. */
  readonly subject: string | undefined;
  /** Workloads that run as this account, as `Kind name`. */
  readonly workloads: readonly string[];
  readonly permissions: readonly Permission[];
  /** Roles that are bound and rendered elsewhere, so that what they allow is not to be seen here. */
  readonly foreignRoles: readonly string[];
}

/**
 * Who may do what in one environment, by name; accounts that may do nothing included. Last come, if there are any, the roles
 * that nobody is bound to: others bind them, for example a Prometheus.
 */
export function permissionsOf(manifests: readonly Manifest[]): Grantee[] {
  const bindings = manifests.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  const roles = new Map(manifests.filter(isRole).map((role) => [keyOf(role), role]));
  const bound = bindings.flatMap((binding) => {
    const role = boundRole(binding);
    return mapsAt(binding, 'subjects').map((subject) => ({
      subject: subjectText(subject, binding),
      namespace: binding.metadata.namespace,
      role,
    }));
  });
  const accounts = accountsOf(manifests);
  const subjects = [...new Set([...accounts.keys(), ...bound.map(({ subject }) => subject)])].sort(byCodeUnit);
  const grantees = subjects.map((subject): Grantee => {
    const own = bound.filter((one) => one.subject === subject);
    return {
      subject,
      workloads: accounts.get(subject) ?? [],
      permissions: inReadingOrder(
        own.flatMap(({ role, namespace }) => permissionsBy(roles.get(role), namespace, subject)),
      ),
      foreignRoles: [...new Set(own.flatMap(({ role }) => (roles.has(role) ? [] : [role])))],
    };
  });
  const used = new Set(bindings.map(boundRole));
  const unbound = [...roles].flatMap(([key, role]) =>
    used.has(key) ? [] : permissionsBy(role, role.metadata.namespace, undefined),
  );
  if (unbound.length === 0) return grantees;
  return [...grantees, { subject: undefined, workloads: [], permissions: inReadingOrder(unbound), foreignRoles: [] }];
}

function isRole({ kind }: Manifest): boolean {
  return kind === 'Role' || kind === 'ClusterRole';
}

/** As `boundRole` names it. */
function keyOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function boundRole(binding: Manifest): string {
  const role = mapAt(binding, 'roleRef');
  const kind = textAt(role, 'kind') ?? '';
  const name = textAt(role, 'name') ?? '';
  const { namespace } = binding.metadata;
  return `${kind} ${kind === 'Role' && namespace !== undefined ? `${namespace}/` : ''}${name}`;
}

function subjectText(subject: JsonMap, binding: Manifest): string {
  const kind = textAt(subject, 'kind') ?? '';
  const name = textAt(subject, 'name') ?? '';
  if (kind !== 'ServiceAccount') return `${kind} ${name}`;
  return `${kind} ${textAt(subject, 'namespace') ?? binding.metadata.namespace ?? ''}/${name}`;
}

/** Rendered accounts, and those that pods run as, with the workloads of each. */
function accountsOf(manifests: readonly Manifest[]): Map<string, string[]> {
  const accounts = new Map<string, string[]>();
  for (const { kind, metadata } of manifests) {
    if (kind === 'ServiceAccount') accounts.set(`ServiceAccount ${metadata.namespace ?? ''}/${metadata.name}`, []);
  }
  for (const workload of manifests) {
    const template = podTemplateOf(workload);
    if (template === undefined) continue;
    const account = textAt(mapAt(template, 'spec'), 'serviceAccountName') ?? 'default';
    const subject = `ServiceAccount ${workload.metadata.namespace ?? ''}/${account}`;
    accounts.set(subject, [...(accounts.get(subject) ?? []), `${workload.kind} ${workload.metadata.name}`]);
  }
  return accounts;
}

function permissionsBy(
  role: Manifest | undefined,
  namespace: string | undefined,
  subject: string | undefined,
): Permission[] {
  if (role === undefined) return [];
  return mapsAt(role, 'rules').flatMap((rule) => {
    const verbs = textsAt(rule, 'verbs');
    const names = textsAt(rule, 'resourceNames');
    const resources = textsAt(rule, 'resources').flatMap((resource) =>
      textsAt(rule, 'apiGroups').map((group) => ({ group, resource })),
    );
    const paths = textsAt(rule, 'nonResourceURLs').map((path) => ({ group: '', resource: path }));
    return [...resources, ...paths].map(({ group, resource }) => ({
      group,
      resource,
      namespace,
      names,
      verbs,
      role: `${role.kind} ${role.metadata.name}`,
      risks: risksOf({ group, resource, namespace, names, verbs, subject }),
    }));
  });
}

/** What is allowed in the whole cluster first. */
function inReadingOrder(permissions: readonly Permission[]): Permission[] {
  return permissions.toSorted(
    (a, b) =>
      byCodeUnit(a.namespace ?? '', b.namespace ?? '') ||
      byCodeUnit(a.group, b.group) ||
      byCodeUnit(a.resource, b.resource) ||
      byCodeUnit(a.names.join(), b.names.join()),
  );
}
