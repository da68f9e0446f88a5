/** Names of inference runs: those of the Krateo controller that users know, and ours beside them. */

export const inferenceGroup = 'ai.krateo.io';
export const inferenceVersion = 'v1';

/** Upstream's finalizer of a run, kept so that objects move between both controllers. */
export const runFinalizer = 'finalizer.managedresource.krateo.io';

/** Field manager of everything the controller writes, and value of the label `managed-by`. */
export const runController = 'inference-run-controller';

/** Upstream's leader election id, kept so that its instances and ours exclude each other. */
export const inferenceRunsLease = '9s8d9938.krateo.io';

export const runLabels = {
  managedBy: 'app.kubernetes.io/managed-by',
  component: 'app.kubernetes.io/component',
  run: 'ai.krateo.io/inference-run',
  runUid: 'ai.krateo.io/inference-run-uid',
  config: 'ai.krateo.io/inference-config',
  attempt: 'ai.krateo.io/attempt',
} as const;
/** Value of the label `component` of everything made for a runner. */
export const runnerComponent = 'inference-runner';
/** Value of the label `attempt` of the objects of a scheduled run. */
export const scheduledAttempt = 'cron';
/** Labels of a run with this prefix are copied to its Jobs, so that a queue can hold them back. */
export const queueLabelPrefix = 'kueue.x-k8s.io/';

export const runAnnotations = {
  paused: 'krateo.io/paused',
  managementPolicy: 'krateo.io/management-policy',
  deletionPolicy: 'krateo.io/deletion-policy',
  rerun: 'ai.krateo.io/rerun',
  /** On a config: namespaces, separated by commas, or `*`, whose runs may use it. */
  allowedNamespaces: 'ai.krateo.io/allowed-namespaces',
} as const;

/** What `krateo.io/management-policy` may say: what the controller may do with the Jobs of a run. */
export const managementPolicies = ['default', 'observe-create-update', 'observe-delete', 'observe'] as const;
export type ManagementPolicy = (typeof managementPolicies)[number];
/** What `krateo.io/deletion-policy` may say: what becomes of the Jobs of a deleted run. */
export const deletionPolicies = ['delete', 'orphan'] as const;
export type DeletionPolicy = (typeof deletionPolicies)[number];

export const runPhases = [
  'Blocked',
  'Pending',
  'Running',
  'Retrying',
  'Suspended',
  'Scheduled',
  'Succeeded',
  'Failed',
  'Deleting',
] as const;
export type RunPhase = (typeof runPhases)[number];

export const runConditions = { ready: 'Ready', synced: 'Synced', succeeded: 'Succeeded' } as const;

/** Reasons of the conditions `Ready` and `Synced`, as upstream's readers know them, and of `Succeeded`. */
export const runReasons = {
  available: 'Available',
  creating: 'Creating',
  deleting: 'Deleting',
  unavailable: 'Unavailable',
  reconcileSuccess: 'ReconcileSuccess',
  reconcileError: 'ReconcileError',
  reconcilePaused: 'ReconcilePaused',
  jobComplete: 'JobComplete',
  jobCompleteWithErrors: 'JobCompleteWithErrors',
  inProgress: 'InProgress',
  retrying: 'Retrying',
  suspended: 'Suspended',
  blocked: 'Blocked',
  neverRan: 'NeverRan',
} as const;
export type RunReason = (typeof runReasons)[keyof typeof runReasons];

/** Why a run can't start: the reason of `status.failure` and of the event; the message of `Synced` begins with it. */
export const blockReasons = {
  configNotFound: 'ConfigNotFound',
  configNotAllowed: 'ConfigNotAllowed',
  conflictingModelSpec: 'ConflictingModelSpec',
  configInvalid: 'ConfigInvalid',
  invalidSchedule: 'InvalidSchedule',
  contractTooLarge: 'ContractTooLarge',
  contractInvalid: 'ContractInvalid',
  inferenceServiceNotReady: 'InferenceServiceNotReady',
  parametersNotFound: 'ParametersNotFound',
  jobRefused: 'JobRefused',
} as const;
export type BlockReason = (typeof blockReasons)[keyof typeof blockReasons];

/** Why an attempt failed. */
export const failureReasons = {
  contractInvalid: 'ContractInvalid',
  inputFailed: 'InputFailed',
  inferenceFailed: 'InferenceFailed',
  outputFailed: 'OutputFailed',
  partialFailure: 'PartialFailure',
  endpointUnavailable: 'EndpointUnavailable',
  checkpointConflict: 'CheckpointConflict',
  interrupted: 'Interrupted',
  deadlineExceeded: 'DeadlineExceeded',
  backoffLimitExceeded: 'BackoffLimitExceeded',
  podFailurePolicy: 'PodFailurePolicy',
  oomKilled: 'OOMKilled',
  evicted: 'Evicted',
  jobLost: 'JobLost',
  nameConflict: 'NameConflict',
  runnerError: 'RunnerError',
} as const;
export type FailureReason = (typeof failureReasons)[keyof typeof failureReasons];

/** Why the pod of a live attempt does not get on; the reason of the message in `Ready`. */
export const waitingReasons = { imagePullFailed: 'ImagePullFailed', unschedulable: 'Unschedulable' } as const;

/** Reasons of events on runs and configs. */
export const runEvents = {
  jobCreated: 'JobCreated',
  cronJobCreated: 'CronJobCreated',
  cronJobUpdated: 'CronJobUpdated',
  runnerStarted: 'RunnerStarted',
  runnerRetrying: 'RunnerRetrying',
  runSucceeded: 'RunSucceeded',
  runFailed: 'RunFailed',
  autoDeleted: 'AutoDeleted',
  deprecatedField: 'DeprecatedField',
  credentialsNamespaceIgnored: 'CredentialsNamespaceIgnored',
  configInUse: 'ConfigInUse',
  paused: 'ReconciliationPaused',
} as const;

/** How names of Jobs, CronJobs and ConfigMaps of runs begin. */
export const jobNamePrefix = 'inf';

/** Key of the Contract in its ConfigMap. */
export const contractKey = 'contract.json';
/** Most bytes of a Contract: a ConfigMap holds 1 MiB. */
export const contractMaxBytes = 900 * 1024;
/** Where the runner finds its Contract: upstream's place and ours. */
export const contractPaths = { upstream: '/tmp/contract.json', ours: '/etc/inference/contract.json' } as const;

/** Variables of the runner's container. */
export const runnerVariables = {
  podUid: 'pod_uid',
  contractPath: 'CONTRACT_PATH',
  podName: 'POD_NAME',
  podNamespace: 'POD_NAMESPACE',
  nodeName: 'NODE_NAME',
  jobName: 'JOB_NAME',
  jobUid: 'JOB_UID',
  runName: 'RUN_NAME',
  runUid: 'RUN_UID',
  attempt: 'ATTEMPT',
  completionIndex: 'JOB_COMPLETION_INDEX',
  endpointsDirectory: 'INFERENCE_ENDPOINTS_DIR',
  /** Seconds between SIGTERM and SIGKILL, `terminationGracePeriodSeconds` of the pod: the downward API does not tell it. */
  gracePeriod: 'TERMINATION_GRACE_PERIOD_SECONDS',
  logLevel: 'LOG_LEVEL',
  logFormat: 'LOG_FORMAT',
  /** Where a runner that is no pod finds what is mounted in one: default are the directories below. */
  credentialsDirectory: 'INFERENCE_CREDENTIALS_DIR',
  inputDirectory: 'INFERENCE_INPUT_DIR',
  outputDirectory: 'INFERENCE_OUTPUT_DIR',
  configMapInputDirectory: 'INFERENCE_CONFIG_MAP_INPUT_DIR',
} as const;

/** Sub-command of our program that is the runner. */
export const runnerCommand = 'runner';

/** Name of the runner's container. */
export const runnerContainer = 'inference';

/** Where Secrets of a run are mounted: endpoints at `<namespace>/<name>`, credentials at `<name>`. */
export const endpointsDirectory = '/var/run/inference/endpoints';
export const credentialsDirectory = '/var/run/inference/credentials';
/** Where volumes and ConfigMaps of the storage kinds are mounted. */
export const inputDirectory = '/mnt/input';
export const outputDirectory = '/mnt/output';
export const configMapInputDirectory = '/mnt/config-map-input';

/** Where the runner leaves its report; the kubelet hands on at most 4096 bytes. */
export const terminationLog = '/dev/termination-log';
export const terminationLogMaxBytes = 4096;

/** Port of the runner's metrics and health. */
export const runnerPort = 8090;
/** Name of that port, by which monitors find it. */
export const runnerMetricsPortName = 'metrics';

/** Variables of upstream's HTTP client, which users set for its runners; they win over `execution`. */
export const clientVariables = {
  maxRetries: 'CLIENT_MAX_RETRIES',
  baseBackoff: 'CLIENT_BASE_BACKOFF',
  maxBackoff: 'CLIENT_MAX_BACKOFF',
  qps: 'CLIENT_QPS',
  burst: 'CLIENT_BURST',
} as const;

/** Headers of requests to models. */
export const inferenceHeaders = {
  requestId: 'x-request-id',
  traceParent: 'traceparent',
  krateoTrace: 'x-krateo-traceid',
  /** Bytes of the JSON before the tensors of a binary body. */
  jsonLength: 'inference-header-content-length',
} as const;
