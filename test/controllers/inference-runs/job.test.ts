import { runnerNodeFlags } from '../../../definitions/inference/runner-node-flags';
import { runnerCronJob } from '../../../controllers/inference-runs/cron-job';
import { runnerJob } from '../../../controllers/inference-runs/job';
import { isContained } from '../../../controllers/runtime/contained';
import type { InferenceConfigSpec } from '../../../definitions/inference/inference-config';
import type { InferenceRun, InferenceRunSpec } from '../../../definitions/inference/inference-run';
import { connectionFromEnvironment } from '../../cluster/cluster-connection';
import { TestCluster } from '../../cluster/test-cluster';
import { configOf, documentedUid, runOf } from './objects';

const ownImage = 'registry.example/slipway:1.2.3';
const upstreamImage = 'ghcr.io/krateoplatformops/kserve-krateo-runner:0.1.0';

interface Settings {
  readonly config?: Partial<InferenceConfigSpec>;
  readonly run?: Partial<InferenceRunSpec>;
  readonly metadata?: Partial<InferenceRun['metadata']>;
  readonly serviceAccountName?: string;
  readonly attempt?: number;
}

function jobOf({ config, run, metadata, serviceAccountName, attempt = 1 }: Settings = {}) {
  return runnerJob({
    run: runOf(run, metadata),
    config: configOf({ image: upstreamImage, ...config }),
    contractConfigMapName: 'inf-iris-run-5be07ada',
    attempt,
    defaults: { runnerImage: ownImage, ...(serviceAccountName !== undefined && { serviceAccountName }) },
  });
}

function cronJobOf({ config, run, metadata }: Settings = {}) {
  return runnerCronJob({
    run: runOf({ schedule: '0 5 * * *', ...run }, metadata),
    config: configOf({ image: upstreamImage, ...config }),
    contractConfigMapName: 'inf-iris-run-5be07ada-0a1b2c3d',
    defaults: { runnerImage: ownImage },
  });
}

const podOf = (settings: Settings = {}) => jobOf(settings).spec.template.spec;
const containerOf = (settings: Settings = {}) => podOf(settings)?.containers[0];

const labels = {
  'app.kubernetes.io/managed-by': 'inference-run-controller',
  'app.kubernetes.io/component': 'inference-runner',
  'ai.krateo.io/inference-run': 'iris-run',
  'ai.krateo.io/inference-run-uid': documentedUid,
  'ai.krateo.io/inference-config': 'iris-config',
  'ai.krateo.io/attempt': '1',
};

const owner = {
  apiVersion: 'ai.krateo.io/v1',
  kind: 'InferenceRun',
  name: 'iris-run',
  uid: documentedUid,
  controller: true,
  blockOwnerDeletion: true,
};

describe('the Job of an attempt (AT-26)', () => {
  it('has what upstream has: name, owner, one completion, no restart of pods', () => {
    const { metadata, spec } = jobOf();
    expect(metadata).toEqual({ name: 'inf-iris-run-5be07ada', namespace: 'ml', ownerReferences: [owner], labels });
    expect(spec).toMatchObject({ completions: 1, template: { spec: { restartPolicy: 'Never' } } });
    expect(containerOf()).toMatchObject({ name: 'inference', image: upstreamImage, imagePullPolicy: 'Always' });
    expect(podOf()).not.toHaveProperty('serviceAccountName');
    expect(podOf()).not.toHaveProperty('imagePullSecrets');
  });

  it('labels its pods like itself, and names them by the attempt (C-38)', () => {
    expect(jobOf().spec.template.metadata?.labels).toEqual(labels);
    expect(jobOf({ attempt: 3 })).toMatchObject({
      metadata: { name: 'inf-iris-run-5be07ada-r2', labels: { 'ai.krateo.io/attempt': '3' } },
    });
  });

  it('cuts names that are too long for a label, to what a label may end with', () => {
    const { labels: cut } = jobOf({ metadata: { name: `${'a'.repeat(60)}.-.b` } }).metadata;
    expect(cut).toMatchObject({ 'ai.krateo.io/inference-run': 'a'.repeat(60) });
  });

  it('carries the labels by which a queue holds it back, and no other of the run', () => {
    const queue = { 'kueue.x-k8s.io/queue-name': 'batch' };
    const job = jobOf({ metadata: { labels: { ...queue, team: 'ml' } } });
    expect(job.metadata.labels).toEqual({ ...queue, ...labels });
    expect(job.spec.template.metadata?.labels).toEqual(labels);
    expect(job.spec).not.toHaveProperty('suspend');
  });

  it('has the Contract at the places of upstream and of ours, and a /tmp that can be written (C-29)', () => {
    expect(podOf()?.volumes).toEqual([
      { name: 'contract', configMap: { name: 'inf-iris-run-5be07ada' } },
      { name: 'runner-tmp', emptyDir: {} },
    ]);
    expect(containerOf()?.volumeMounts).toEqual([
      { name: 'runner-tmp', mountPath: '/tmp' },
      { name: 'contract', mountPath: '/tmp/contract.json', subPath: 'contract.json', readOnly: true },
      { name: 'contract', mountPath: '/etc/inference/contract.json', subPath: 'contract.json', readOnly: true },
    ]);
  });

  it('tells the runner who it is', () => {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    expect(containerOf({ attempt: 2 })?.env).toEqual([
      field('pod_uid', 'metadata.uid'),
      { name: 'CONTRACT_PATH', value: '/etc/inference/contract.json' },
      field('POD_NAME', 'metadata.name'),
      field('POD_NAMESPACE', 'metadata.namespace'),
      field('NODE_NAME', 'spec.nodeName'),
      field('JOB_NAME', "metadata.labels['batch.kubernetes.io/job-name']"),
      field('JOB_UID', "metadata.labels['batch.kubernetes.io/controller-uid']"),
      { name: 'RUN_NAME', value: 'iris-run' },
      { name: 'RUN_UID', value: documentedUid },
      { name: 'ATTEMPT', value: '2' },
      { name: 'TERMINATION_GRACE_PERIOD_SECONDS', value: '30' },
      { name: 'INFERENCE_ENDPOINTS_DIR', value: '/var/run/inference/endpoints' },
    ]);
    const names = containerOf({ config: { runner: { mountEndpoints: false } } })?.env?.map(({ name }) => name);
    expect(names).not.toContain('INFERENCE_ENDPOINTS_DIR');
  });

  it('adds variables of the config, but not over its own', () => {
    const runner = {
      env: [
        { name: 'ATTEMPT', value: '99' },
        { name: 'EXTRA', value: 'more' },
      ],
    };
    const env = containerOf({ config: { runner } })?.env ?? [];
    expect(env.filter(({ name }) => name === 'ATTEMPT')).toEqual([{ name: 'ATTEMPT', value: '1' }]);
    expect(env.at(-1)).toEqual({ name: 'EXTRA', value: 'more' });
  });

  it('gives Secrets with parameters to the runner as variables only', () => {
    const settings = {
      config: { runner: { envFrom: [{ configMapRef: { name: 'of-config' } }] } },
      run: {
        parametersFrom: [
          { secretRef: { name: 'token', optional: true }, prefix: 'P_' },
          { configMapRef: { name: 'for-the-contract' } },
        ],
      },
    };
    expect(containerOf(settings)?.envFrom).toEqual([
      { configMapRef: { name: 'of-config' } },
      { secretRef: { name: 'token', optional: true }, prefix: 'P_' },
    ]);
  });

  it('tries no pod again whose end is final, and does not count interrupted ones (C-39)', () => {
    expect(jobOf().spec).toMatchObject({
      backoffLimit: 6,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { containerName: 'inference', operator: 'In', values: [2, 6, 8] } },
          { action: 'Ignore', onExitCodes: { containerName: 'inference', operator: 'In', values: [75] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
    });
    expect(containerOf()).toMatchObject({ terminationMessagePolicy: 'FallbackToLogsOnError' });
    const { spec } = jobOf({ config: { runner: { podFailurePolicy: 'none', backoffLimit: 0 } } });
    expect(spec).not.toHaveProperty('podFailurePolicy');
    expect(spec).toMatchObject({ backoffLimit: 0, podReplacementPolicy: 'Failed' });
  });

  it('gives our runner flags of Node that keep it small, unless the config has its own; runners of others none', () => {
    const commandOf = (config: object) => containerOf({ config })?.command;
    const own = { runner: { env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=500' }] } };
    expect(commandOf({ image: '' })).toEqual(['/nodejs/bin/node', ...runnerNodeFlags, '/app/slipway.mjs']);
    expect(commandOf({ image: '', ...own })).toEqual(['/nodejs/bin/node', '/app/slipway.mjs']);
    expect(commandOf({})).toBeUndefined();
  });

  it('has a deadline only where one is set, and is suspended only where the run says so', () => {
    expect(jobOf().spec).not.toHaveProperty('activeDeadlineSeconds');
    expect(jobOf({ run: { timeoutSeconds: 3600, suspend: true } }).spec).toMatchObject({
      activeDeadlineSeconds: 3600,
      suspend: true,
    });
  });

  it.each(['None', 'DeleteOnSuccess', 'DeleteOnCompletion'] as const)(
    'is not deleted by time under the policy %s, but where the runner asks for it (C-12)',
    (autoDeletePolicy) => {
      expect(jobOf({ config: { autoDeletePolicy } }).spec).not.toHaveProperty('ttlSecondsAfterFinished');
      const runner = { ttlSecondsAfterFinished: 60 };
      expect(jobOf({ config: { autoDeletePolicy, runner } }).spec).toMatchObject(runner);
    },
  );

  it('takes account, pull Secret and settings of the pod from the config, then from the controller', () => {
    const credentialsRef = { name: 'pull', namespace: 'elsewhere' };
    expect(podOf({ config: { credentialsRef }, serviceAccountName: 'runners' })).toMatchObject({
      serviceAccountName: 'runners',
      imagePullSecrets: [{ name: 'pull' }],
      terminationGracePeriodSeconds: 30,
    });
    const runner = {
      serviceAccountName: 'own',
      terminationGracePeriodSeconds: 5,
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'batch',
      runtimeClassName: 'gvisor',
      volumes: [{ name: 'models', emptyDir: {} }],
    };
    const pod = podOf({ config: { runner }, serviceAccountName: 'runners' });
    const { volumes, ...rest } = runner;
    expect(pod).toMatchObject(rest);
    expect(pod?.volumes).toEqual(expect.arrayContaining(volumes));
    expect(pod?.containers[0]?.env).toContainEqual({ name: 'TERMINATION_GRACE_PERIOD_SECONDS', value: '5' });
    expect(podOf({ serviceAccountName: '' })).not.toHaveProperty('serviceAccountName');
  });

  it('takes resources, mounts, labels and annotations from the config, its own labels first', () => {
    const runner = {
      resources: { requests: { cpu: 1, memory: '64Mi' }, limits: { memory: '128Mi' } },
      volumeMounts: [{ name: 'models', mountPath: '/models' }],
      podLabels: { team: 'ml', 'ai.krateo.io/attempt': 'none' },
      podAnnotations: { 'sidecar.istio.io/inject': 'false' },
    };
    const { template } = jobOf({ config: { runner } }).spec;
    expect(template.metadata).toEqual({ labels: { team: 'ml', ...labels }, annotations: runner.podAnnotations });
    expect(template.spec?.containers[0]).toMatchObject({
      resources: { requests: { cpu: '1', memory: '64Mi' }, limits: { memory: '128Mi' } },
    });
    expect(template.spec?.containers[0]?.volumeMounts).toEqual(expect.arrayContaining(runner.volumeMounts));
  });

  it('leaves /tmp to a config that mounts something there', () => {
    const runner = { volumes: [{ name: 'large' }], volumeMounts: [{ name: 'large', mountPath: '/tmp/' }] };
    const pod = podOf({ config: { runner } });
    expect(pod?.volumes?.map(({ name }) => name)).toEqual(['contract', 'large']);
    expect(pod?.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual([
      '/tmp/contract.json',
      '/etc/inference/contract.json',
      '/tmp/',
    ]);
  });

  it('pulls an image anew unless its name says which bytes it is', () => {
    const digest = `${upstreamImage}@sha256:${'0'.repeat(64)}`;
    expect(containerOf({ config: { image: digest } })?.imagePullPolicy).toBe('IfNotPresent');
    const runner = { imagePullPolicy: 'Never' as const };
    expect(containerOf({ config: { image: digest, runner } })?.imagePullPolicy).toBe('Never');
  });
});

describe('the image of the runner', () => {
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };

  it.each([
    undefined,
    '',
    ownImage,
    'registry.example/slipway',
    `registry.example/slipway:0.9@sha256:${'1'.repeat(64)}`,
  ])('of ours (%s) is started as our runner, without privileges and without a token', (image) => {
    const job = runnerJob({
      run: runOf(),
      config: configOf(image === undefined ? {} : { image }),
      contractConfigMapName: 'contract',
      attempt: 1,
      defaults: { runnerImage: ownImage },
    });
    const [container] = job.spec.template.spec?.containers ?? [];
    expect(container).toMatchObject({
      image: image === undefined || image === '' ? ownImage : image,
      command: ['/nodejs/bin/node', ...runnerNodeFlags, '/app/slipway.mjs'],
      args: ['runner'],
      ports: [{ name: 'metrics', containerPort: 8090 }],
      securityContext: restricted,
    });
    expect(job.spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
  });

  it('of others is started as it is, with what upstream gives it', () => {
    const pod = podOf();
    expect(pod).not.toHaveProperty('securityContext');
    expect(pod).not.toHaveProperty('automountServiceAccountToken');
    for (const field of ['command', 'args', 'ports', 'securityContext']) {
      expect(pod?.containers[0]).not.toHaveProperty(field);
    }
  });

  it('of others at a registry with a port is not taken for ours', () => {
    expect(containerOf({ config: { image: 'registry.example:5000/slipway:1' } })).not.toHaveProperty('args');
  });

  it('is given other security settings as a whole', () => {
    const runner = { securityContext: { runAsUser: 1000 }, podSecurityContext: { fsGroup: 1000 } };
    const pod = podOf({ config: { image: ownImage, runner } });
    expect(pod).toMatchObject({ securityContext: { fsGroup: 1000 } });
    expect(pod?.securityContext).toEqual(runner.podSecurityContext);
    expect(pod?.containers[0]?.securityContext).toEqual(runner.securityContext);
  });

  it('keeps its token where a Secret can only be read through the API', () => {
    const storage = { input: { http: { endpointRef: { name: 'handler', namespace: 'other' } } } };
    expect(podOf({ config: { image: ownImage, storage } })).not.toHaveProperty('automountServiceAccountToken');
  });

  it('may write to the claim it writes to', () => {
    const storage = { input: { pvc: { claimName: 'in' } }, output: { pvc: { claimName: 'out' } } };
    expect(podOf({ config: { image: ownImage, storage } })?.securityContext).toMatchObject({
      fsGroup: 65532,
      fsGroupChangePolicy: 'OnRootMismatch',
    });
    const reading = { input: storage.input };
    expect(podOf({ config: { image: ownImage, storage: reading } })?.securityContext).not.toHaveProperty('fsGroup');
  });

  it('of ours waits for its Secrets, those of others read them by themselves', () => {
    const storage = { input: { http: { endpointRef: { name: 'handler', namespace: 'ml' } } } };
    const secretsOf = (image: string) =>
      podOf({ config: { image, storage } })?.volumes?.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
    expect(secretsOf(ownImage)).toEqual([{ secretName: 'handler', optional: false }]);
    expect(secretsOf(upstreamImage)).toEqual([{ secretName: 'handler', optional: true }]);
  });
});

describe('the CronJob of a scheduled run', () => {
  it('has the schedule, one execution at a time, and Kubernetes’ limits', () => {
    expect(cronJobOf()).toMatchObject({
      metadata: {
        name: 'inf-iris-run-5be07ada',
        ownerReferences: [owner],
        labels: { ...labels, 'ai.krateo.io/attempt': 'cron' },
      },
      spec: {
        schedule: '0 5 * * *',
        concurrencyPolicy: 'Forbid',
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
        suspend: false,
      },
    });
    for (const field of ['timeZone', 'startingDeadlineSeconds']) expect(cronJobOf().spec).not.toHaveProperty(field);
    expect(cronJobOf({ run: { timeZone: '' } }).spec).not.toHaveProperty('timeZone');
  });

  it('takes what the run says (C-21)', () => {
    const run = {
      schedule: '@daily',
      timeZone: 'Europe/Rome',
      concurrencyPolicy: 'Replace' as const,
      startingDeadlineSeconds: 0,
      successfulJobsHistoryLimit: 0,
      failedJobsHistoryLimit: 7,
      suspend: true,
    };
    expect(cronJobOf({ run }).spec).toMatchObject(run);
  });

  it('labels Jobs and pods of its executions, and queues the Jobs', () => {
    const queue = { 'kueue.x-k8s.io/queue-name': 'batch' };
    const scheduled = { ...labels, 'ai.krateo.io/attempt': 'cron' };
    const { metadata, spec } = cronJobOf({ metadata: { labels: queue } }).spec.jobTemplate;
    expect(metadata?.labels).toEqual({ ...queue, ...scheduled });
    expect(spec?.template.metadata?.labels).toEqual(scheduled);
    expect(spec?.template.spec?.containers[0]?.env).toContainEqual({ name: 'ATTEMPT', value: 'cron' });
    expect(spec).not.toHaveProperty('suspend');
  });

  it('has its executions deleted where the config has runs deleted (C-11)', () => {
    const ttlOf = (config: Partial<InferenceConfigSpec>) =>
      cronJobOf({ config }).spec.jobTemplate.spec?.ttlSecondsAfterFinished;
    expect(ttlOf({})).toBeUndefined();
    expect(ttlOf({ autoDeletePolicy: 'DeleteOnSuccess' })).toBe(300);
    expect(ttlOf({ autoDeletePolicy: 'DeleteOnCompletion', autoDeleteDelaySeconds: 5 })).toBe(5);
    expect(ttlOf({ autoDeletePolicy: 'DeleteOnCompletion', runner: { ttlSecondsAfterFinished: 9 } })).toBe(9);
  });

  it('is not made of a run without schedule', () => {
    expect(() =>
      runnerCronJob({
        run: runOf(),
        config: configOf(),
        contractConfigMapName: 'a',
        defaults: { runnerImage: ownImage },
      }),
    ).toThrow('InferenceRun iris-run has no schedule');
  });
});

describe('the API server', () => {
  const cluster = new TestCluster(connectionFromEnvironment(process.env));
  afterAll(() => cluster.close());

  /** Everything a config can say, with names of its own. */
  const everything: Settings = {
    config: {
      image: ownImage,
      credentialsRef: { name: 'pull', namespace: 'ml' },
      kserve: { endpointRef: { name: 'model', namespace: 'ml' } },
      storage: {
        input: { pvc: { claimName: 'data', subPath: 'in' }, configMap: { name: 'items', key: 'rows' } },
        output: { pvc: { claimName: 'data', subPath: 'out' }, s3: { credentialsRef: { name: 'bucket' } } },
      },
      runner: {
        resources: { limits: { cpu: 1, memory: '64Mi' }, requests: { cpu: '1' } },
        env: [
          { name: 'EXTRA', value: 'more' },
          { name: 'POD_NAME', value: 'mine' },
        ],
        volumes: [{ name: 'cache', emptyDir: {} }],
        volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
        tolerations: [{ key: 'gpu', operator: 'Exists' }],
        ttlSecondsAfterFinished: 60,
      },
    },
    run: { timeoutSeconds: 60, suspend: true, parametersFrom: [{ secretRef: { name: 'token' }, prefix: 'P_' }] },
    metadata: { name: 'n'.repeat(100), labels: { 'kueue.x-k8s.io/queue-name': 'batch' } },
  };

  it.each<[string, Settings]>([
    ['of upstream’s runner', {}],
    ['of our runner', { config: { image: ownImage } }],
    ['with everything', everything],
    ['of a later attempt', { ...everything, attempt: 1000 }],
  ])('takes the Job %s as it is', async (_what, settings) => {
    const { metadata, spec } = jobOf(settings);
    const answer = await cluster.request('POST', '/apis/batch/v1/namespaces/default/jobs', {
      body: { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...metadata, namespace: 'default' }, spec },
      query: { dryRun: 'All', fieldValidation: 'Strict' },
    });
    expect(answer).toMatchObject({ status: 201, warnings: [], body: { spec } });
  });

  it.each<[string, Settings]>([
    ['of upstream’s runner', {}],
    ['with everything', everything],
  ])('takes the CronJob %s as it is, and then nothing differs from what is wanted', async (_what, settings) => {
    const { metadata, spec } = cronJobOf(settings);
    const answer = await cluster.request('PATCH', `/apis/batch/v1/namespaces/default/cronjobs/${metadata.name}`, {
      body: { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { ...metadata, namespace: 'default' }, spec },
      contentType: 'application/apply-patch+yaml',
      query: { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'test' },
    });
    expect(answer).toMatchObject({ status: 201, warnings: [], body: { spec } });
    expect(isContained({ spec }, answer.body)).toBe(true);
    const other = {
      ...spec,
      jobTemplate: { ...spec.jobTemplate, spec: { ...spec.jobTemplate.spec, backoffLimit: 1 } },
    };
    expect(isContained({ spec: other }, answer.body)).toBe(false);
  });
});
