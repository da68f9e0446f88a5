import {
  isMap,
  type Json,
  type JsonMap,
  type Manifest,
  mapAt,
  mapsAt,
  textOf,
} from '../../../charts-src/kubernetes/manifest';
import { selects, type Workload, workloadsOf } from './rendered';

/** A check, under the id that kube-linter has it by; what it finds names object and field. */
export interface LintRule {
  readonly id: string;
  readonly find: (manifests: readonly Manifest[]) => readonly string[];
}

const perWorkload =
  (find: (workload: Workload) => readonly string[]) =>
  (manifests: readonly Manifest[]): readonly string[] =>
    workloadsOf(manifests).flatMap((workload) => find(workload).map((problem) => `${workload.name}: ${problem}`));

const perContainer = (find: (container: JsonMap, workload: Workload) => readonly string[] | boolean) =>
  perWorkload((workload) =>
    workload.containers.flatMap((container) => {
      const found = find(container, workload);
      const problems = found === true ? [''] : found === false ? [] : found;
      return problems.map((problem) => `container ${textOf(container['name'])} ${problem}`);
    }),
  );

/** Containers that go on running: probes are of no use to others. */
const perServer = (find: (container: JsonMap) => boolean) =>
  perWorkload(({ manifest, mainContainers }) =>
    manifest.kind === 'Job' ? [] : mainContainers.filter(find).map(({ name }) => `container ${textOf(name)}`),
  );

const ofKind = (manifests: readonly Manifest[], ...kinds: string[]) =>
  manifests.filter(({ kind }) => kinds.includes(kind));
const named = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}`;
const context = (container: JsonMap) => mapAt(container, 'securityContext');
const list = (map: JsonMap, key: string): readonly string[] => {
  const value = map[key];
  return Array.isArray(value) ? value.map((item: Json) => textOf(item)) : [];
};
const rulesOf = (manifest: Manifest) => mapsAt(manifest, 'rules');

/** Whether a probe's port is one that the container declares, or a number. */
const probes = (container: JsonMap, probe: string): boolean => {
  const target = mapAt(container, probe);
  const port = mapAt(target, 'httpGet')['port'] ?? mapAt(target, 'tcpSocket')['port'];
  if (port === undefined) return true;
  return mapsAt(container, 'ports').some(({ name, containerPort }) => port === name || port === containerPort);
};

/** The rules that matter for what we render, of the sixty that kube-linter has. */
export const lintRules: readonly LintRule[] = [
  {
    id: 'access-to-create-pods',
    find: (manifests) =>
      ofKind(manifests, 'Role', 'ClusterRole').flatMap((role) =>
        rulesOf(role)
          .filter((rule) => list(rule, 'resources').some((resource) => /^(pods|deployments|jobs)$/.test(resource)))
          .filter((rule) => list(rule, 'verbs').includes('create'))
          .map(() => named(role)),
      ),
  },
  {
    // By name, and never to read: the Job that makes a Secret.
    id: 'access-to-secrets',
    find: (manifests) =>
      ofKind(manifests, 'Role', 'ClusterRole').flatMap((role) =>
        rulesOf(role)
          .filter((rule) => list(rule, 'resources').includes('secrets'))
          .filter(
            (rule) =>
              rule['resourceNames'] === undefined || list(rule, 'verbs').some((verb) => /get|list|watch/.test(verb)),
          )
          .map(() => named(role)),
      ),
  },
  {
    id: 'cluster-admin-role-binding',
    find: (manifests) =>
      ofKind(manifests, 'ClusterRoleBinding', 'RoleBinding')
        .filter((binding) => mapAt(binding, 'roleRef')['name'] === 'cluster-admin')
        .map(named),
  },
  {
    id: 'dangling-service',
    find: (manifests) =>
      ofKind(manifests, 'Service')
        .filter((service) => Object.keys(mapAt(mapAt(service, 'spec'), 'selector')).length > 0)
        .filter(
          (service) =>
            !workloadsOf(manifests).some(
              ({ namespace, podLabels }) =>
                namespace === service.metadata.namespace &&
                selects(mapAt(mapAt(service, 'spec'), 'selector'), podLabels),
            ),
        )
        .map(named),
  },
  {
    id: 'dangling-networkpolicy',
    find: (manifests) =>
      ofKind(manifests, 'NetworkPolicy')
        .filter((policy) => {
          const labels = mapAt(mapAt(mapAt(policy, 'spec'), 'podSelector'), 'matchLabels');
          const pods = workloadsOf(manifests).filter(({ namespace }) => namespace === policy.metadata.namespace);
          return Object.keys(labels).length > 0 && !pods.some(({ podLabels }) => selects(labels, podLabels));
        })
        .map(named),
  },
  {
    id: 'dangling-servicemonitor',
    find: (manifests) =>
      ofKind(manifests, 'ServiceMonitor')
        .filter((monitor) => {
          const labels = mapAt(mapAt(mapAt(monitor, 'spec'), 'selector'), 'matchLabels');
          return !ofKind(manifests, 'Service').some(
            ({ metadata }) =>
              metadata.namespace === monitor.metadata.namespace && selects(labels, { ...metadata.labels }),
          );
        })
        .map(named),
  },
  {
    id: 'default-service-account',
    // Nobody mounts its token, and nothing is bound to it.
    find: perWorkload(({ podSpec }) =>
      podSpec['serviceAccountName'] === undefined && podSpec['automountServiceAccountToken'] !== false
        ? ['default']
        : [],
    ),
  },
  {
    id: 'deprecated-service-account-field',
    find: perWorkload(({ podSpec }) => (podSpec['serviceAccount'] === undefined ? [] : ['serviceAccount'])),
  },
  {
    id: 'drop-net-raw-capability',
    find: perContainer((container) => !list(mapAt(context(container), 'capabilities'), 'drop').includes('ALL')),
  },
  {
    id: 'duplicate-env-var',
    find: perContainer((container) => {
      const names = mapsAt(container, 'env').map(({ name }) => textOf(name));
      return names.filter((name, index) => names.indexOf(name) !== index);
    }),
  },
  {
    id: 'env-var-secret',
    find: perContainer((container) =>
      mapsAt(container, 'env')
        .filter(({ name, value }) => /password|secret|token|api_?key/i.test(textOf(name)) && value !== undefined)
        .map(({ name }) => textOf(name)),
    ),
  },
  {
    id: 'exposed-services',
    find: (manifests) =>
      ofKind(manifests, 'Service')
        .filter((service) => ['NodePort', 'LoadBalancer'].includes(textOf(mapAt(service, 'spec')['type'])))
        .map(named),
  },
  ...(['hostIPC', 'hostNetwork', 'hostPID'] as const).map((field) => ({
    id: `host-${field.slice(4).toLowerCase()}`,
    find: perWorkload(({ podSpec }) => (podSpec[field] === true ? [field] : [])),
  })),
  {
    id: 'invalid-target-ports',
    find: (manifests) =>
      ofKind(manifests, 'Service').flatMap((service) => {
        const spec = mapAt(service, 'spec');
        const pods = workloadsOf(manifests).filter(
          ({ namespace, podLabels }) =>
            namespace === service.metadata.namespace &&
            Object.keys(mapAt(spec, 'selector')).length > 0 &&
            selects(mapAt(spec, 'selector'), podLabels),
        );
        return mapsAt(spec, 'ports')
          .map(({ port, targetPort = port }) => targetPort ?? null)
          .filter((target) =>
            pods.some(
              ({ mainContainers }) =>
                !mainContainers.some((container) =>
                  mapsAt(container, 'ports').some(
                    ({ name, containerPort }) => target === name || target === containerPort,
                  ),
                ),
            ),
          )
          .map((target) => `${named(service)} ${textOf(target)}`);
      }),
  },
  {
    // What the lock file says of one image is checked elsewhere: its project has no other tag.
    id: 'latest-tag',
    find: perContainer(
      ({ image }) => /:latest(@|$)/.test(textOf(image)) && !textOf(image).startsWith('quay.io/opendatahub/'),
    ),
  },
  { id: 'liveness-port', find: perServer((container) => !probes(container, 'livenessProbe')) },
  { id: 'readiness-port', find: perServer((container) => !probes(container, 'readinessProbe')) },
  { id: 'startup-port', find: perServer((container) => !probes(container, 'startupProbe')) },
  {
    id: 'mismatching-selector',
    find: perWorkload(({ manifest, podLabels }) => {
      const selector = mapAt(mapAt(mapAt(manifest, 'spec'), 'selector'), 'matchLabels');
      return selects(selector, podLabels) ? [] : ['selector'];
    }),
  },
  {
    id: 'no-anti-affinity',
    find: perWorkload(({ manifest, podSpec }) =>
      Number(mapAt(manifest, 'spec')['replicas'] ?? 1) > 1 && mapsAt(podSpec, 'topologySpreadConstraints').length === 0
        ? ['replicas are not spread']
        : [],
    ),
  },
  { id: 'no-liveness-probe', find: perServer((container) => container['livenessProbe'] === undefined) },
  { id: 'no-readiness-probe', find: perServer((container) => container['readinessProbe'] === undefined) },
  {
    id: 'no-read-only-root-fs',
    find: perContainer((container) => context(container)['readOnlyRootFilesystem'] !== true),
  },
  {
    // A database with a disk of its own can't roll.
    id: 'no-rolling-update-strategy',
    find: perWorkload(({ manifest, podSpec }) => {
      const recreate = mapAt(mapAt(manifest, 'spec'), 'strategy')['type'] === 'Recreate';
      const claims = mapsAt(podSpec, 'volumes').some((volume) => isMap(volume['persistentVolumeClaim']));
      return recreate && !claims ? ['Recreate'] : [];
    }),
  },
  {
    id: 'non-existent-service-account',
    find: (manifests) =>
      workloadsOf(manifests)
        .filter(({ namespace, podSpec }) => {
          const account = podSpec['serviceAccountName'];
          const exists = ofKind(manifests, 'ServiceAccount').some(
            ({ metadata }) => metadata.name === account && metadata.namespace === namespace,
          );
          return account !== undefined && !exists;
        })
        .map(({ name }) => name),
  },
  {
    id: 'pdb-max-unavailable',
    find: (manifests) =>
      ofKind(manifests, 'PodDisruptionBudget')
        .filter((budget) => mapAt(budget, 'spec')['maxUnavailable'] === 0)
        .map(named),
  },
  {
    id: 'pdb-min-available',
    find: (manifests) =>
      ofKind(manifests, 'PodDisruptionBudget')
        .filter((budget) => mapAt(budget, 'spec')['minAvailable'] !== undefined)
        .map(named),
  },
  {
    id: 'pdb-unhealthy-pod-eviction-policy',
    find: (manifests) =>
      ofKind(manifests, 'PodDisruptionBudget')
        .filter((budget) => mapAt(budget, 'spec')['unhealthyPodEvictionPolicy'] !== 'AlwaysAllow')
        .map(named),
  },
  {
    id: 'privilege-escalation-container',
    find: perContainer((container) => context(container)['allowPrivilegeEscalation'] !== false),
  },
  { id: 'privileged-container', find: perContainer((container) => context(container)['privileged'] === true) },
  {
    id: 'privileged-ports',
    find: perContainer((container) =>
      mapsAt(container, 'ports')
        .map(({ containerPort }) => Number(containerPort))
        .filter((port) => port < 1024)
        .map(String),
    ),
  },
  {
    id: 'run-as-non-root',
    find: perContainer(
      (container, { podSpec }) =>
        (context(container)['runAsNonRoot'] ?? mapAt(podSpec, 'securityContext')['runAsNonRoot']) !== true,
    ),
  },
  {
    id: 'sensitive-host-mounts',
    find: perWorkload(({ podSpec }) =>
      mapsAt(podSpec, 'volumes')
        .filter((volume) => volume['hostPath'] !== undefined)
        .map(({ name }) => textOf(name)),
    ),
  },
  {
    id: 'ssh-port',
    find: perContainer((container) => mapsAt(container, 'ports').some(({ containerPort }) => containerPort === 22)),
  },
  {
    id: 'unset-cpu-requirements',
    find: perContainer((container) => mapAt(mapAt(container, 'resources'), 'requests')['cpu'] === undefined),
  },
  {
    id: 'unset-memory-requirements',
    find: perContainer(
      (container) =>
        mapAt(mapAt(container, 'resources'), 'requests')['memory'] === undefined ||
        mapAt(mapAt(container, 'resources'), 'limits')['memory'] === undefined,
    ),
  },
  {
    id: 'unsafe-sysctls',
    find: perWorkload(({ podSpec }) =>
      mapsAt(mapAt(podSpec, 'securityContext'), 'sysctls').map(({ name }) => textOf(name)),
    ),
  },
  {
    id: 'use-namespace',
    find: (manifests) => manifests.filter(({ metadata }) => metadata.namespace === 'default').map(named),
  },
  {
    id: 'wildcard-in-rules',
    find: (manifests) =>
      ofKind(manifests, 'Role', 'ClusterRole').flatMap((role) =>
        rulesOf(role)
          .filter((rule) => ['apiGroups', 'resources', 'verbs'].some((key) => list(rule, key).includes('*')))
          .map(() => named(role)),
      ),
  },
];
