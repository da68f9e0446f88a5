import type { V1Container, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { resolveExecution } from '../../definitions/inference/execution';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import { runnerNodeFlags } from '../../definitions/inference/runner-node-flags';
import type { RunnerPod } from '../../definitions/inference/runner-pod';
import { nodePath, programPath } from '../../definitions/names/controller';
import {
  contractKey,
  contractPaths,
  runnerCommand,
  runnerContainer,
  runnerMetricsPortName,
  runnerPort,
} from '../../definitions/names/inference';
import type { Attempt } from './contract';
import { gracePeriodSeconds } from './grace-period';
import { objectLabels } from './run-labels';
import { runnerEnvironment, runnerEnvironmentSources } from './runner-environment';
import { isGenericRunner, pullPolicyOf } from './runner-image';
import { runnerResources } from './runner-resources';
import { runnerPodSecurityContext, runnerSecurityContext } from './runner-security';
import { inputKind } from './storage-kind';
import { storageReferences, type StorageReferences } from './storage-references';

/** What counts for runners where their config says nothing. */
export interface RunnerDefaults {
  /** ServiceAccount of runners (`SA_RUNNER`); that of the namespace if empty or absent. */
  readonly serviceAccountName?: string | undefined;
  /** Our own runner. */
  readonly runnerImage: string;
}

export interface RunnerPodSources {
  readonly run: InferenceRun;
  readonly config: InferenceConfig;
  readonly contractConfigMapName: string;
  readonly attempt: Attempt;
  readonly defaults: RunnerDefaults;
}

/** Volume with the Contract, named as upstream names it. */
const contractVolume = 'contract';
/** Writable `/tmp`, on a name that configs don't use by themselves. */
const temporaryVolume = 'runner-tmp';
const temporaryDirectory = '/tmp';
/** Names of volumes that a config can't give to its own. */
export const reservedVolumes: readonly string[] = [contractVolume, temporaryVolume];

/** Pods of a runner. */
export function runnerPodTemplate(sources: RunnerPodSources): V1PodTemplateSpec {
  const { run, config, attempt } = sources;
  const { podLabels = {}, podAnnotations } = config.spec?.runner ?? {};
  return {
    metadata: {
      // Ours last: by them pods are found.
      labels: { ...podLabels, ...objectLabels(run, config, attempt) },
      ...(podAnnotations !== undefined && { annotations: { ...podAnnotations } }),
    },
    spec: podSpec(sources),
  };
}

function podSpec(sources: RunnerPodSources): V1PodSpec {
  const { run, config, contractConfigMapName, defaults } = sources;
  const { image, credentialsRef, runner = {}, execution } = config.spec ?? {};
  const isGeneric = isGenericRunner(image, defaults.runnerImage);
  const references = storageReferences(config, run.metadata.namespace ?? '', {
    execution: resolveExecution(inputKind(config), execution, run.spec?.execution),
    // Runners of others read Secrets by themselves, or pass over those they don't need.
    optional: !isGeneric,
  });
  const { volumes = [], nodeSelector, tolerations, affinity, priorityClassName, runtimeClassName } = runner;
  const serviceAccountName = given(runner.serviceAccountName) ?? given(defaults.serviceAccountName);
  const podSecurity =
    runner.podSecurityContext ?? (isGeneric ? runnerPodSecurityContext(writesVolume(references)) : undefined);
  return {
    restartPolicy: 'Never',
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    ...(isGeneric && references.hasAllSecrets && { automountServiceAccountToken: false }),
    ...(credentialsRef !== undefined && { imagePullSecrets: [{ name: credentialsRef.name }] }),
    terminationGracePeriodSeconds: gracePeriodSeconds(config),
    ...(nodeSelector !== undefined && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations !== undefined && { tolerations: [...tolerations] }),
    ...(affinity !== undefined && { affinity }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(runtimeClassName !== undefined && { runtimeClassName }),
    ...(podSecurity !== undefined && { securityContext: podSecurity }),
    volumes: [
      { name: contractVolume, configMap: { name: contractConfigMapName } },
      ...(hasOwnTemporary(sources) ? [] : [{ name: temporaryVolume, emptyDir: {} }]),
      ...references.volumes,
      ...volumes,
    ],
    containers: [container(sources, isGeneric, references)],
  };
}

function container(sources: RunnerPodSources, isGeneric: boolean, references: StorageReferences): V1Container {
  const { run, config, attempt, defaults } = sources;
  const { runner = {} } = config.spec ?? {};
  const image = given(config.spec?.image) ?? defaults.runnerImage;
  const envFrom = runnerEnvironmentSources(run, config);
  const security = runner.securityContext ?? (isGeneric ? runnerSecurityContext : undefined);
  return {
    name: runnerContainer,
    image,
    imagePullPolicy: runner.imagePullPolicy ?? pullPolicyOf(image),
    ...(isGeneric && {
      command: [nodePath, ...nodeFlags(runner.env), programPath],
      args: [runnerCommand],
      ports: [{ name: runnerMetricsPortName, containerPort: runnerPort, protocol: 'TCP' }],
    }),
    env: runnerEnvironment(run, config, attempt),
    ...(envFrom.length > 0 && { envFrom }),
    ...(runner.resources !== undefined && { resources: runnerResources(runner.resources) }),
    ...(security !== undefined && { securityContext: security }),
    // What a runner prints when it dies without a report is better than nothing.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      ...(hasOwnTemporary(sources) ? [] : [{ name: temporaryVolume, mountPath: temporaryDirectory }]),
      ...Object.values(contractPaths).map((mountPath) => ({
        name: contractVolume,
        mountPath,
        subPath: contractKey,
        readOnly: true,
      })),
      ...references.mounts,
      ...(runner.volumeMounts ?? []),
    ],
  };
}

/** Flags of Node for our runner, where the config gives none of its own. */
function nodeFlags(env: RunnerPod['env'] = []): readonly string[] {
  return env.some(({ name }) => name === 'NODE_OPTIONS') ? [] : runnerNodeFlags;
}

/** Whether the config mounts something of its own over `/tmp`, for example a larger volume. */
function hasOwnTemporary({ config }: RunnerPodSources): boolean {
  const mounts = config.spec?.runner?.volumeMounts ?? [];
  return mounts.some(({ mountPath }) => mountPath.replace(/\/+$/, '') === temporaryDirectory);
}

function writesVolume({ volumes }: StorageReferences): boolean {
  return volumes.some(
    ({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined && persistentVolumeClaim.readOnly !== true,
  );
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
