import type { V1Container } from '@kubernetes/client-node';
import { admitted, containerOf, envOf, initializerOf, podOf, refusal, settingsOf } from './pod-fixtures';

describe('metrics of a pod (case 98)', () => {
  const proxy = { name: 'queue-proxy', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 9090 }] };
  const spec = { containers: [{ name: 'kserve-container' }, proxy] };
  const aggregation = 'serving.kserve.io/enable-metric-aggregation';
  const scraping = 'serving.kserve.io/enable-prometheus-scraping';

  it('are the platform’s settings where the pod says nothing', async () => {
    const { metadata } = await admitted(podOf(undefined, { spec }));
    expect(metadata?.annotations).toEqual({ [aggregation]: 'false', [scraping]: 'false' });
    const settings = settingsOf({ metricsAggregator: { enablePrometheusScraping: 'true' } });
    expect((await admitted(podOf(undefined, { spec }), settings)).metadata?.annotations).toEqual({
      [aggregation]: 'false',
      [scraping]: 'true',
      'prometheus.io/port': '9091',
      'prometheus.io/path': '/metrics',
    });
  });

  it('are joined by queue-proxy, and scraped there', async () => {
    const annotations = { [aggregation]: 'true', [scraping]: 'true', 'prometheus.io/path': '/own' };
    const pod = await admitted(podOf(undefined, { spec, annotations }));
    expect(pod.metadata?.annotations).toMatchObject({ 'prometheus.io/port': '9088', 'prometheus.io/path': '/metrics' });
    expect(envOf(containerOf(pod, 'queue-proxy'))).toEqual({
      A: '1',
      KSERVE_CONTAINER_PROMETHEUS_METRICS_PORT: '8080',
      KSERVE_CONTAINER_PROMETHEUS_METRICS_PATH: '/metrics',
      AGGREGATE_PROMETHEUS_METRICS_PORT: '9088',
    });
    expect(containerOf(pod, 'queue-proxy').ports).toEqual([
      { containerPort: 9090 },
      { name: 'aggr-metric', containerPort: 9088, protocol: 'TCP' },
    ]);
  });

  it('are looked for where the runtime says', async () => {
    const annotations = {
      [aggregation]: 'true',
      'prometheus.kserve.io/port': '8082',
      'prometheus.kserve.io/path': '/m',
    };
    const pod = await admitted(podOf(undefined, { spec, annotations }));
    expect(envOf(containerOf(pod, 'queue-proxy'))).toMatchObject({
      KSERVE_CONTAINER_PROMETHEUS_METRICS_PORT: '8082',
      KSERVE_CONTAINER_PROMETHEUS_METRICS_PATH: '/m',
    });
  });
});

describe('the accelerator of GKE (case 99)', () => {
  const annotations = { 'serving.kserve.io/gke-accelerator': 'nvidia-l4' };
  const gpu = { containers: [{ name: 'kserve-container', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
  const selected = async (pod: Parameters<typeof podOf>[1]) =>
    (await admitted(podOf(undefined, pod))).spec?.nodeSelector;

  it('is selected with an NVIDIA limit and the annotation only', async () => {
    expect(await selected({ annotations, spec: { ...gpu, nodeSelector: { zone: 'a' } } })).toEqual({
      zone: 'a',
      'cloud.google.com/gke-accelerator': 'nvidia-l4',
    });
    expect(await selected({ spec: gpu })).toBeUndefined();
    expect(await selected({ annotations })).toBeUndefined();
  });
});

describe('the user of the storage initializer where Istio redirects traffic (case 95)', () => {
  const redirected = {
    'sidecar.istio.io/interceptionMode': 'REDIRECT',
    'sidecar.istio.io/status': '{"containers":["istio-proxy"]}',
  };
  const sidecar = (more: Partial<V1Container> = {}) => ({ name: 'istio-proxy', ...more });
  const userOf = async (
    annotations: Record<string, string>,
    containers: V1Container[] = [],
    initContainers: V1Container[] = [],
  ) => {
    const spec = { containers: [{ name: 'kserve-container' }, ...containers], initContainers };
    return initializerOf(await admitted(podOf('s3://b/m', { annotations, spec }))).securityContext?.runAsUser;
  };

  it('is the sidecar’s, or 1337', async () => {
    expect(await userOf(redirected, [sidecar({ securityContext: { runAsUser: 501 } })])).toBe(501);
    expect(await userOf(redirected, [sidecar()])).toBe(1337);
    expect(await userOf(redirected, [], [sidecar({ restartPolicy: 'Always' })])).toBe(1337);
  });

  it('is the one that the annotation names, and none when that is no number', async () => {
    const uid = 'serving.kserve.io/storage-initializer-uid';
    expect(await userOf({ [uid]: '1234' })).toBe(1234);
    expect(await userOf({ ...redirected, [uid]: 'root' }, [sidecar()])).toBeUndefined();
  });

  it.each([
    ['istio-init redirects instead of the plug-in', redirected, [sidecar()], [{ name: 'istio-init' }]],
    ['traffic is not redirected', { ...redirected, 'sidecar.istio.io/interceptionMode': 'TPROXY' }, [sidecar()], []],
    ['no mode is told', { 'sidecar.istio.io/status': '{"containers":["istio-proxy"]}' }, [sidecar()], []],
    ['no status is told', { 'sidecar.istio.io/interceptionMode': 'REDIRECT' }, [sidecar()], []],
    ['no sidecar is there', redirected, [], []],
    ['the status names none', { ...redirected, 'sidecar.istio.io/status': '{}' }, [sidecar()], []],
  ])('is left open when %s', async (_, annotations, containers, initContainers) => {
    expect(await userOf(annotations, containers, initContainers)).toBeUndefined();
  });

  it.each(['{', '[]', '{"containers":"istio-proxy"}'])('can’t be told from a status like %s', async (status) => {
    const annotations = { ...redirected, 'sidecar.istio.io/status': status };
    expect(await refusal(podOf('s3://b/m', { annotations }))).toBe(
      'annotation sidecar.istio.io/status of the pod is not a JSON object with a list of containers',
    );
  });

  it('is also that of an initializer that fetches an image', async () => {
    const annotations = { 'serving.kserve.io/storage-initializer-uid': '1234' };
    const pod = await admitted(podOf('oci+fetch://r/m:1', { annotations }));
    expect(initializerOf(pod).securityContext).toEqual({ runAsUser: 1234 });
  });
});

describe('settings of the platform (§17 row 28)', () => {
  it('may be empty: every document has its defaults', async () => {
    const annotations = { 'internal.serving.kserve.io/logger': 'true' };
    const pod = await admitted(podOf('s3://b/m', { annotations }), settingsOf());
    expect(pod.spec?.containers.map(({ name }) => name)).toEqual(['kserve-container', 'agent']);
  });
});
