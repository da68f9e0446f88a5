/** A way in which our rendering differs from upstream's on purpose. */
export interface Deviation {
  /** The rule that asks for it: a number of the table of defects, or the eighth rule for what GitOps reviewers look for. */
  readonly dm: `DM-${string}` | 'GitOps 1.8';
  readonly why: string;
  /** Targets it happens in. @default all */
  readonly targets?: RegExp;
  /** `Kind/name`, by upstream's name. */
  readonly object: RegExp;
  readonly path: RegExp;
}

/** Objects that have another name here: databases have their engine in it, what had a placeholder has upstream's prefix. */
export const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'overlays/db': engineNames('mysql'),
  'overlays/postgres': engineNames('postgres'),
  'options/controller/network-policy': { 'NetworkPolicy/allow-metrics-traffic': 'controller-allow-metrics-traffic' },
  'options/controller/prometheus': {
    'ServiceMonitor/controller-manager-metrics-monitor': 'controller-controller-manager-metrics-monitor',
  },
};

function engineNames(engine: string): Readonly<Record<string, string>> {
  const name = `model-registry-db-${engine}`;
  return {
    'ConfigMap/model-registry-db-parameters': `${name}-parameters`,
    'Secret/model-registry-db-secrets': `${name}-secrets`,
    'Service/model-registry-db': name,
    'Deployment/model-registry-db': name,
  };
}

const everything = /./;
const database = /^(Deployment\/model-registry-db|StatefulSet\/model-catalog-postgres)$/;
const server = /^Deployment\/model-registry-deployment$/;
const catalogServer = /^Deployment\/model-catalog-server$/;
const catalogDatabase = /^StatefulSet\/model-catalog-postgres$/;
const manager = /^Deployment\/controller-controller-manager$/;
const pods = /^(Deployment|StatefulSet)\//;

export const deviations: readonly Deviation[] = [
  {
    dm: 'DM-01',
    why: 'every namespaced object says where it lives, under its option and not by -n',
    object: everything,
    path: /^metadata\.namespace$/,
  },
  {
    dm: 'DM-03',
    why: 'bindings name the namespace of their subject',
    targets: /^options\/ui\/(base|overlays\/kubeflow)$/,
    object: /^ClusterRoleBinding\//,
    path: /^subjects\[ model-registry-ui\]\.namespace$/,
  },
  {
    dm: 'DM-04',
    why: 'a cluster-scoped object has no namespace',
    targets: /^options\/csi$/,
    object: /^ClusterStorageContainer\//,
    path: /^metadata\.namespace$/,
  },
  { dm: 'DM-05', why: 'images are pinned', object: everything, path: /\.(image|imagePullPolicy)$/ },
  {
    dm: 'DM-06',
    why: 'no Secret is rendered: a Job makes it in the cluster',
    object: /^Secret\/model-(registry-db-secrets|catalog-postgres)$/,
    path: /^$/,
  },
  {
    dm: 'DM-06',
    why: 'the Job that makes it, and what the Job may',
    object: /^(Job|Role|RoleBinding|ServiceAccount)\/model-(registry-db-\w+-secrets|catalog-postgres)-generator$/,
    path: /^$/,
  },
  {
    dm: 'DM-06',
    why: 'no empty password is allowed',
    object: /^ConfigMap\/model-registry-db-parameters$/,
    path: /^data\[MYSQL_ALLOW_EMPTY_PASSWORD\]$/,
  },
  {
    dm: 'DM-06',
    why: 'an unprivileged user, each value by its key',
    object:
      /^(Deployment\/model-(registry-db|registry-deployment|catalog-server)|StatefulSet\/model-catalog-postgres)$/,
    path: /\.env\[ (MYSQL_(USER|PASSWORD|ROOT_PASSWORD)|PG(USER|PASSWORD|DATABASE)|POSTGRES_(USER|PASSWORD|DB)|APPLICATION_(USER|PASSWORD))\]/,
  },
  {
    dm: 'DM-06',
    why: 'not all of a Secret becomes variables',
    object: /^(Deployment\/model-registry-(db|deployment)|StatefulSet\/model-catalog-postgres)$/,
    path: /\.envFrom$/,
  },
  {
    dm: 'DM-06',
    why: 'PostgreSQL makes the unprivileged user when its disk is empty',
    object: /^ConfigMap\/model-(registry-db-postgres|catalog-postgres)-initialization$/,
    path: /^$/,
  },
  {
    dm: 'DM-06',
    why: 'and finds the script for it in a volume',
    object: database,
    path: /(volumeMounts\[ \/docker-entrypoint-initdb\.d\]|volumes\[ initialization\])/,
  },
  {
    dm: 'DM-07',
    why: 'the connection string is a variable, not an argument',
    object: server,
    path: /\.(args|env\[ MR_EMBEDMD_DATABASE_DSN\]\.(name|value))$/,
  },
  {
    dm: 'DM-07',
    why: 'the probe has the password in its environment, not in its arguments',
    targets: /^overlays\/db$/,
    object: /^Deployment\/model-registry-db$/,
    path: /readinessProbe\.exec\.command$/,
  },
  { dm: 'DM-08', why: 'five minutes to start', object: server, path: /startupProbe\.failureThreshold$/ },
  {
    dm: 'DM-09',
    why: 'liveness does not look at the database',
    object: server,
    path: /livenessProbe\.(httpGet|tcpSocket)/,
  },
  {
    dm: 'DM-11',
    why: 'databases have probes with time-outs they can meet',
    object: database,
    path: /\.(startup|readiness|liveness)Probe\./,
  },
  {
    dm: 'DM-11',
    why: 'the catalog waits for its database too',
    object: catalogServer,
    path: /\.startupProbe\./,
  },
  {
    dm: 'DM-12',
    why: 'names, and what tells the pods of one engine from the other, have the engine in them',
    targets: /^overlays\//,
    object: /^(ConfigMap\/model-registry-db-parameters|(Service|Deployment)\/model-registry-db)$/,
    path: /^(metadata\.name$|data\[POSTGRES_HOST\]$|.*(selector|matchLabels))/,
  },
  {
    dm: 'DM-13',
    why: 'resources',
    object: /^(Deployment\/model-(registry-deployment|registry-db|catalog-server)|StatefulSet\/)/,
    path: /\.resources\./,
  },
  {
    dm: 'DM-14',
    why: 'the parts that were a placeholder have the names and the namespace of what they are for',
    targets: /^options\/controller\/(network-policy|prometheus)$/,
    object: everything,
    path: /^(metadata\.(name|namespace|labels.*)|spec\.(selector|egress|policyTypes).*)$/,
  },
  {
    dm: 'DM-16',
    why: 'identities of the mesh that the NetworkPolicy admits, not everybody',
    targets: /^options\/istio$/,
    object: /^AuthorizationPolicy\/model-registry-service$/,
    path: /^spec\.rules$/,
  },
  {
    dm: 'DM-17',
    why: 'nobody is made an administrator',
    targets: /^options\/ui\/overlays\/standalone$/,
    object: /^ClusterRoleBinding\/service-access-cluster-binding$/,
    path: /^$/,
  },
  {
    dm: 'DM-17',
    why: 'the Service leads to the proxy, which is watched and whose configuration rolls the pods',
    targets: /^options\/ui\/overlays\/standalone$/,
    object: /^(Service\/model-registry-ui-service|Deployment\/model-registry-ui|ConfigMap\/auth-proxy-config)$/,
    path: /(^spec\.ports$|config-checksum|containers\[ auth-proxy\]\.(ports|livenessProbe|readinessProbe|resources\.limits\.cpu|securityContext\.runAsGroup|volumeMounts.*readOnly)|^data)/,
  },
  {
    dm: 'DM-19',
    why: 'leases only, and by name where a name is known',
    targets: /^options\/controller\//,
    object: /^Role\/controller-leader-election-role$/,
    path: /^rules\[\w+ (configmaps|coordination\.k8s\.io\/leases|events)\]$/,
  },
  {
    dm: 'DM-20',
    why: 'events are written where the InferenceServices are',
    targets: /^options\/controller\//,
    object: /^ClusterRole\/controller-model-registry-manager-role$/,
    path: /^rules\[(create|patch) events\.k8s\.io\/events\]$/,
  },
  {
    dm: 'DM-22',
    why: 'the parameters are variables already; nothing reads a ConfigMap of them',
    targets: /^options\/controller\/overlays\/base$/,
    object: /^ConfigMap\/model-registry-controller-parameters$/,
    path: /^$/,
  },
  {
    dm: 'DM-25',
    why: 'a name for its pods, the user of its image, a claim of its own',
    targets: /^options\/catalog\//,
    object: catalogDatabase,
    path: /(^spec\.(serviceName|volumeClaimTemplates)$|runAs(User|Group)$|fsGroup$|volumes\[ model-catalog-postgres\])/,
  },
  {
    dm: 'DM-25',
    why: 'the claim comes from the template',
    targets: /^options\/catalog\//,
    object: /^PersistentVolumeClaim\/model-catalog-postgres$/,
    path: /^$/,
  },
  {
    dm: 'DM-26',
    why: 'no token unless one is given',
    targets: /^options\/catalog\//,
    object: /^(Secret\/model-catalog-hf-api-key|Deployment\/model-catalog-server)$/,
    path: /^$|\.env\[ HF_API_KEY\]/,
  },
  {
    dm: 'DM-27',
    why: 'the root file system is read-only; what is written is a volume',
    object: pods,
    path: /(readOnlyRootFilesystem$|(volumeMounts\[ \/(tmp|var\/run\/(mysqld|postgresql))\]|volumes\[ (tmp|run|writable-\d)\]))/,
  },
  {
    dm: 'DM-28',
    why: 'tokens only where the API server is asked',
    object: /^(ServiceAccount|Deployment|StatefulSet)\//,
    path: /automountServiceAccountToken$/,
  },
  {
    dm: 'DM-29',
    why: 'the recommended labels are everywhere',
    object: everything,
    path: /labels\[app\.kubernetes\.io\/(name|instance|component|part-of|managed-by|version)\]$/,
  },
  {
    dm: 'DM-29',
    why: 'pods and objects of one workload have the same labels, legacy ones among them',
    object: /^(StatefulSet|Service|Deployment|ServiceMonitor)\//,
    path: /labels\.(component|app|run)$|labels\[control-plane\]$/,
  },
  {
    dm: 'DM-30',
    why: 'databases are left out of the mesh',
    targets: /^options\/catalog\//,
    object: catalogDatabase,
    path: /labels\[sidecar\.istio\.io\/inject\]$/,
  },
  {
    dm: 'DM-31',
    why: 'the gateway is named with its namespace',
    targets: /istio$/,
    object: /^VirtualService\//,
    path: /^spec\.gateways$/,
  },
  {
    dm: 'DM-34',
    why: 'our image: command, sub-command, own variables, mounted configuration, time to end its work',
    targets: /^options\/controller\//,
    object: manager,
    path: /(config-checksum\]|terminationGracePeriodSeconds|runAs(User|Group)|\.(command|args|ports)|env\[ (POD_NAME|POD_NAMESPACE|NODE_OPTIONS|NODE_COMPILE_CACHE)\].*|volumeMounts\[ \/(etc\/slipway|tmp)\].*|volumes\[ config\].*)$/,
  },
  {
    dm: 'DM-34',
    why: 'our image: sub-command, what it may do, several URIs at a time',
    targets: /^options\/csi$/,
    object: /^ClusterStorageContainer\//,
    path: /^spec\.(supportsMultiModelDownload|container\.(command|securityContext))/,
  },
  {
    dm: 'DM-34',
    why: 'the mounted configuration',
    targets: /^options\/controller\//,
    object: /^ConfigMap\/controller-controller-manager-config$/,
    path: /^$/,
  },
  {
    dm: 'DM-34',
    why: 'the catalog reads its files from volumes, and rolls when they change',
    targets: /^options\/catalog\//,
    object: catalogServer,
    path: /(config-checksum\]|volumeMounts\[ \/(catalog|default-sources|shared-data|perf-data|testdata)\].*|volumes\[ (sources|default-sources|shared-data|perf-data|perf-data-archive|testdata)\].*|initContainers\[.*\]\.(command|resources|securityContext|volumeMounts).*|\.args)$/,
  },
  {
    dm: 'DM-35',
    why: 'roles allow what the code uses',
    targets: /^options\/controller\//,
    object: /^ClusterRole\/controller-model-registry-manager-role$/,
    path: /^rules\[\w+ (serving\.kserve\.io\/inferenceservices(\/finalizers)?|services)\]$/,
  },
  {
    dm: 'DM-36',
    why: 'what the pods refer to and the target does not render is said',
    targets: /^base$/,
    object: server,
    path: /external-references\]$/,
  },
  {
    dm: 'GitOps 1.8',
    why: 'a history that is short, and time to end',
    object: pods,
    path: /(revisionHistoryLimit|terminationGracePeriodSeconds)$/,
  },
  {
    dm: 'GitOps 1.8',
    why: 'a disk is not deleted without being asked',
    targets: /^overlays\//,
    object: /^PersistentVolumeClaim\//,
    path: /annotations\[(argocd\.argoproj\.io\/sync-options|kustomize\.toolkit\.fluxcd\.io\/prune)\]$/,
  },
];
