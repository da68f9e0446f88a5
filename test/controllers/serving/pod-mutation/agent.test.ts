import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { internalAnnotations } from '../../../../definitions/names/serving';
import {
  account,
  admitted,
  containerOf,
  envOf,
  fromSecret,
  podOf,
  secret,
  settingsOf,
  surroundingsOf,
} from './pod-fixtures';
import { mutatePod } from '../../../../controllers/serving/pod-mutation/mutate-pod';

const logs = { [internalAnnotations.logger]: 'true' };
const batches = { [internalAnnotations.batcher]: 'true' };
const pulls = { [internalAnnotations.agent]: 'true' };

const agentOf = async (...args: Parameters<typeof admitted>) => containerOf(await admitted(...args), 'agent');

const isvc = (spec: Partial<InferenceService['spec']>): InferenceService => ({
  metadata: { name: 'iris', namespace: 'models' },
  spec: { predictor: {}, ...spec },
});

describe('the agent of a pod (case 97)', () => {
  it('is put beside no pod that asks for none', async () => {
    const { spec } = await admitted(podOf(undefined));
    expect(spec?.containers).toHaveLength(1);
  });

  it('is left as it is', async () => {
    const containers = [{ name: 'kserve-container' }, { name: 'agent', image: 'own' }];
    expect((await admitted(podOf(undefined, { annotations: logs, spec: { containers } }))).spec?.containers).toEqual(
      containers,
    );
  });

  it('gets its flags in KServe’s order: puller, batcher, logger, port', async () => {
    const annotations = {
      ...pulls,
      [internalAnnotations.configMountPath]: '/mnt/configs',
      [internalAnnotations.modelDir]: '/mnt/models',
      ...batches,
      [internalAnnotations.batcherMaxBatchSize]: '30',
      [internalAnnotations.batcherMaxLatency]: '100',
      ...logs,
      [internalAnnotations.loggerSinkUrl]: 'http://sink',
      [internalAnnotations.loggerMode]: 'request',
      [internalAnnotations.loggerMetadataHeaders]: 'A,B',
      [internalAnnotations.loggerMetadataAnnotations]: 'team,none',
      team: 'blue',
    };
    const settings = settingsOf({
      logger: {
        caCertFile: 'ca.crt',
        tlsSkipVerify: true,
        storage: { path: '/logs', parameters: { format: 'parquet' } },
        marshallerUrl: 'http://marshal',
        batchSize: 5,
        batchInterval: '10s',
      },
    });
    const pod = podOf(undefined, { annotations, labels: { endpoint: 'default' } });
    const containers = [{ name: 'kserve-container', ports: [{ containerPort: 8085 }] }];
    expect((await agentOf({ ...pod, spec: { containers } }, settings)).args).toEqual([
      ...['--enable-puller', '--config-dir', '/mnt/configs', '--model-dir', '/mnt/models'],
      ...['--enable-batcher', '--max-batchsize', '30', '--max-latency', '100'],
      ...['--log-url', 'http://sink', '--source-uri', 'iris-predictor-0', '--log-mode', 'request'],
      ...['--inference-service', 'iris', '--namespace', 'models', '--endpoint', 'default', '--component', 'predictor'],
      ...['--log-store-path', '/logs', '--log-store-format', 'parquet', '--log-marshaller-url', 'http://marshal'],
      ...['--log-batch-size', '5', '--log-batch-interval', '10s'],
      ...['--metadata-headers', 'A,B', '--metadata-annotations', 'team=blue'],
      ...['--logger-ca-cert-file', 'ca.crt', '--logger-tls-skip-verify', 'true'],
      ...['--component-port', '8085'],
    ]);
  });

  it('takes from the platform what the pod leaves open, batches included (§17 row 30)', async () => {
    const annotations = { ...batches, ...logs, [internalAnnotations.loggerMetadataAnnotations]: 'none' };
    const { metadata, ...pod } = podOf(undefined, { annotations });
    const { name: _, ...generated } = metadata ?? {};
    expect((await agentOf({ ...pod, metadata: generated })).args).toEqual([
      ...['--enable-batcher', '--max-batchsize', '32', '--max-latency', '5000'],
      ...['--log-url', 'http://default-broker', '--source-uri', '', '--log-mode', 'all'],
      ...['--inference-service', 'iris', '--namespace', 'models', '--endpoint', '', '--component', 'predictor'],
      ...['--metadata-annotations', '', '--logger-tls-skip-verify', 'false', '--component-port', '8080'],
    ]);
  });

  it('is made from its own settings, with the security of the first container', async () => {
    const securityContext = { runAsNonRoot: true };
    const spec = { containers: [{ name: 'kserve-container', securityContext }] };
    const settings = settingsOf({ agent: { image: 'agent:2', cpuLimit: '2' } });
    expect(await agentOf(podOf(undefined, { annotations: batches, spec }), settings)).toMatchObject({
      image: 'agent:2',
      resources: { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '2', memory: '1Gi' } },
      ports: [{ name: 'agent-port', containerPort: 9081, protocol: 'TCP' }],
      securityContext,
    });
  });

  const agentProbe = (path: string) => ({
    httpGet: { httpHeaders: [{ name: 'K-Network-Probe', value: 'queue' }], port: 9081, path, scheme: 'HTTP' },
  });

  it.each([
    ['an HTTP probe', { httpGet: { path: '/v2/ready', port: 8080 } }, '/v2/ready', true],
    ['a TCP probe', { tcpSocket: { port: 8080 } }, '/', true],
    ['a command', { exec: { command: ['true'] } }, '/', false],
    ['no probe', undefined, '/', false],
  ])('asks the container as %s would', async (_, readinessProbe, path, handed) => {
    const container = { name: 'kserve-container', ...(readinessProbe === undefined ? {} : { readinessProbe }) };
    const agent = await agentOf(podOf(undefined, { annotations: logs, spec: { containers: [container] } }));
    expect(agent.readinessProbe).toEqual(agentProbe(path));
    expect(envOf(agent)).toEqual(handed ? { SERVING_READINESS_PROBE: JSON.stringify(readinessProbe) } : {});
  });

  it('stands before the transformer where there is one', async () => {
    const readinessProbe = { httpGet: { path: '/live', port: 8000 } };
    const containers = [
      { name: 'kserve-container', ports: [{ containerPort: 8085 }] },
      { name: 'transformer-container', readinessProbe },
    ];
    const agent = await agentOf(podOf(undefined, { annotations: logs, spec: { containers } }));
    expect(agent.args?.slice(-2)).toEqual(['--component-port', '8080']);
    expect(envOf(agent)).toEqual({ SERVING_READINESS_PROBE: JSON.stringify(readinessProbe) });
  });

  it('stands between queue-proxy and the model', async () => {
    const env = [
      { name: 'USER_PORT', value: '8080' },
      { name: 'SERVING_READINESS_PROBE', value: '{}' },
    ];
    const containers = [{ name: 'kserve-container' }, { name: 'queue-proxy', env }];
    const pod = await admitted(podOf(undefined, { annotations: logs, spec: { containers } }));
    expect(containerOf(pod, 'agent').env).toEqual(env);
    expect(containerOf(pod, 'agent').readinessProbe).toEqual(agentProbe('/'));
    expect(envOf(containerOf(pod, 'queue-proxy'))).toEqual({ USER_PORT: '9081', SERVING_READINESS_PROBE: '{}' });
  });

  it('mounts the certificates of the logger', async () => {
    const pod = await admitted(
      podOf(undefined, { annotations: logs }),
      settingsOf({ logger: { caBundle: 'sink-ca' } }),
    );
    expect(containerOf(pod, 'agent').volumeMounts).toEqual([
      { name: 'agent-ca-bundle', mountPath: '/etc/tls/logger', readOnly: true },
    ]);
    expect(pod.spec?.volumes).toEqual([{ name: 'agent-ca-bundle', configMap: { name: 'sink-ca', optional: true } }]);
  });

  it('has the pod’s credentials, and for storage those of the logger’s account, each in its own volume', async () => {
    const cluster = {
      serviceAccounts: [account('default', ['pod-gcs', 'hub']), account('logger-sa', ['logger-gcs'])],
      secrets: [
        secret('pod-gcs', { 'gcloud-application-credentials.json': '{}' }),
        secret('hub', { HF_TOKEN: 'x' }),
        secret('logger-gcs', { 'gcloud-application-credentials.json': '{}' }),
      ],
    };
    const pod = await admitted(
      podOf('gs://b/m', { annotations: logs }),
      settingsOf({ logger: { storage: {} } }),
      cluster,
    );
    const agent = containerOf(pod, 'agent');
    expect(envOf(agent)).toMatchObject({ HF_TOKEN: fromSecret('hub', 'HF_TOKEN') });
    expect(agent.volumeMounts?.map(({ name }) => name)).toEqual(['user-gcp-sa', 'user-gcp-sa-1']);
    expect(pod.spec?.volumes?.filter(({ secret: source }) => source !== undefined)).toEqual([
      { name: 'user-gcp-sa', secret: { secretName: 'pod-gcs' } },
      { name: 'user-gcp-sa-1', secret: { secretName: 'logger-gcs' } },
    ]);
  });

  it('logs as the InferenceService says for its component, and keeps the platform’s storage beside it (§17 row 30)', async () => {
    const settings = settingsOf({ logger: { storage: { path: '/platform' }, batchSize: 3 } });
    const inferenceServices = [
      isvc({
        predictor: { logger: { storage: { path: '/predictor' } } },
        transformer: { logger: { batchSize: 7 } },
      }),
    ];
    const of = async (component: string) =>
      (
        await agentOf(podOf(undefined, { annotations: logs, labels: { component } }), settings, { inferenceServices })
      ).args?.join(' ');
    expect(await of('predictor')).toContain('--log-store-path /predictor --log-batch-size 3');
    expect(await of('transformer')).toContain('--log-store-path /platform --log-batch-size 7');
    expect(await of('explainer')).toContain('--log-store-path /platform --log-batch-size 3');
  });

  it('logs with the platform’s settings when the InferenceService can’t be read', async () => {
    const surroundings = { ...surroundingsOf({}), inferenceService: () => Promise.reject(new Error('503')) };
    const pod = await mutatePod(
      podOf(undefined, { annotations: logs }),
      'models',
      settingsOf(),
      'kserve',
      surroundings,
    );
    expect(containerOf(pod, 'agent').args).toContain('http://default-broker');
  });

  it('pulls models into a directory that the model server shares', async () => {
    const annotations = { ...pulls, [internalAnnotations.configVolumeName]: 'modelconfig-iris-0' };
    const pod = await admitted(podOf('s3://b/m', { annotations }));
    const models = { name: 'model-dir', mountPath: '/mnt/models' };
    expect(containerOf(pod, 'kserve-container').volumeMounts).toEqual([models]);
    expect(containerOf(pod, 'agent').volumeMounts).toEqual([
      models,
      { name: 'model-config', mountPath: '/mnt/configs' },
    ]);
    expect(pod.spec?.volumes).toEqual([
      { name: 'model-dir', emptyDir: {} },
      { name: 'model-config', configMap: { name: 'modelconfig-iris-0' } },
    ]);
  });
});
