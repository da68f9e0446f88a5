import { demoCatalog, endToEndCatalog, modelContextCatalog, openDataHubCatalog } from './sample-catalogs';
import { environment, type Environment } from '../environments/environment';

/** One of upstream's kustomize targets, rendered by us. */
export interface Target {
  /** Upstream's path with `/` replaced by `-`: the folder below `dist/targets`. */
  readonly name: string;
  /** Upstream's path below its kustomize folder. */
  readonly upstream: string;
  readonly environment: Environment;
  /** Folders of the environment that make up the target. @default all */
  readonly directories?: readonly string[];
  /** Kinds that make up the target. @default all */
  readonly kinds?: readonly string[];
}

type Options = Omit<Parameters<typeof environment>[0], 'name'>;
type Part = Pick<Target, 'directories' | 'kinds'>;

function target(upstream: string, options: Options, part: Part = {}): Target {
  const name = upstream.replaceAll('/', '-');
  // The CRDs are KServe's part: upstream's targets do not bring them.
  return { name, upstream, environment: environment({ name, crds: false, ...options }), ...part };
}

/** Upstream's base has its database from Kubeflow Pipelines. */
const pipelinesDatabase = {
  engine: 'external-mysql',
  host: { configMap: 'pipeline-install-config', key: 'dbHost' },
  port: { configMap: 'pipeline-install-config', key: 'dbPort' },
  database: { configMap: 'pipeline-install-config', key: 'embedmdDb' },
  username: { name: 'mysql-secret', key: 'username' },
  password: { name: 'mysql-secret', key: 'password' },
  tls: { mode: 'disable' },
} as const;

const mysql = { sidecar: true, database: { engine: 'mysql' } } as const;

const controller = {
  registrySync: {
    names: 'upstream',
    upstreamVariables: true,
    settings: { keys: { serviceAnnotations: ['routing.kubeflow.org/external-address-rest'] } },
  },
} as const satisfies Options;

const roles = ['ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];

/**
 * The catalogue: what upstream's users install with `kubectl apply -k`, under the same names. Not among them: the controller without
 * settings, which does nothing, and the catalog's Istio target, which upstream itself can't build.
 */
export const targets: readonly (() => Target)[] = [
  () => target('base', { registries: [{ sidecar: true, database: pipelinesDatabase }] }),
  () => target('overlays/db', { registries: [mysql] }),
  () => target('overlays/postgres', { registries: [{ sidecar: true, database: { engine: 'postgres' } }] }),
  () =>
    target(
      'options/istio',
      { ...controller, registries: [{ ...mysql, networkPolicy: {}, mesh: { whoeverThePolicyAdmits: true } }] },
      { directories: ['registry-istio'] },
    ),
  () => target('options/csi', { storageInitializer: {} }),
  () => target('options/controller/overlays/base', controller),
  () => target('options/controller/manager', controller, { kinds: ['ConfigMap', 'Deployment'] }),
  () => target('options/controller/rbac', controller, { kinds: roles }),
  () =>
    target(
      'options/controller/network-policy',
      { registrySync: { ...controller.registrySync, networkPolicy: {} } },
      { kinds: ['NetworkPolicy'] },
    ),
  () =>
    target(
      'options/controller/prometheus',
      { registrySync: { ...controller.registrySync, monitor: true } },
      { kinds: ['ServiceMonitor'] },
    ),
  () => target('options/ui/base', { registryUi: {} }),
  () => target('options/ui/overlays/kubeflow', { registryUi: { exposure: { mode: 'kubeflow' } } }),
  () => target('options/ui/overlays/istio', { registryUi: { exposure: { mode: 'istio' } } }),
  () =>
    target('options/ui/overlays/standalone', {
      registryUi: { exposure: { mode: 'standalone', user: 'user@example.com' } },
    }),
  () => target('options/catalog/base', { catalog: { sidecar: true } }),
  () => target('options/catalog/overlays/demo', { catalog: { sidecar: true, ...demoCatalog } }),
  () => target('options/catalog/overlays/odh', { catalog: { sidecar: true, ...openDataHubCatalog } }),
  () => target('options/catalog/overlays/rh-mcp', { catalog: { sidecar: true, ...modelContextCatalog } }),
  () =>
    target('options/catalog/overlays/e2e', {
      catalog: { sidecar: true, namespace: 'model-catalog', ...endToEndCatalog },
    }),
];
