import type { ClusterStorageContainer } from '../../../definitions/serving/cluster-storage-container';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ServingRuntime } from '../../../definitions/serving/serving-runtime';

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const hostileTexts = [
  ...['', 'a', 'iris', '%s%d', '"&<>', '{{.Name}}', '{{', '}}', '{{.Foo}}', '{{index .Labels "a/b"}}', '{{- ', '{{"\\'],
  ...['{{.Labels.constructor}}', '__proto__', 'constructor', 'toString', '\u0000', '😀'.repeat(50), '${x}', '$&', '\n'],
  ...['kserve-container', 'transformer-container', 'v1', 'v2', 'grpc-v2', 'true', '1', 'INFERENCE_SERVICE_NAME'],
  ...[
    'STORAGE_URI',
    's3://b/m',
    'x://y',
    'https://a.blob.core.windows.net/b',
    '(',
    '(?P<a>x)+',
    'a:1',
    'a:5000/b',
    '@sha256:',
  ],
  ...['sklearn', 'huggingface', 'kserve-mlserver', 'kserve-torchserve', 'mlserver', 'tritonserver', 'vllmserver'],
];

/** Objects as the API server may store them: right by their schema, strange in what they say. */
export function generator(random: () => number) {
  const below = (bound: number) => Math.floor(random() * bound);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const text = () => pick(hostileTexts);
  const maybe = <T extends object>(make: () => T): T | Record<string, never> => (random() < 0.5 ? make() : {});
  const list = <T>(make: () => T, longest = 3): T[] => Array.from({ length: below(longest + 1) }, make);
  const map = () => Object.fromEntries(list(() => [text(), text()]));
  const variable = () => ({
    name: text(),
    ...maybe(() => ({ value: text() })),
    ...maybe(() => ({
      valueFrom: pick([{}, { secretKeyRef: { name: text(), key: text() } }, { fieldRef: { fieldPath: text() } }]),
    })),
  });
  const probe = () =>
    pick([
      {},
      { httpGet: { port: 8080, path: text() } },
      { tcpSocket: { port: text() } },
      { exec: { command: list(text) } },
    ]);
  const members = () => ({
    ...maybe(() => ({ image: text() })),
    ...maybe(() => ({ command: list(text), args: list(text) })),
    ...maybe(() => ({ env: list(variable) })),
    ...maybe(() => ({ ports: list(() => ({ containerPort: pick([8080, 9000]), protocol: pick(['TCP', 'UDP']) })) })),
    ...maybe(() => ({ volumeMounts: list(() => ({ name: text(), mountPath: text() })) })),
    ...maybe(() => ({ readinessProbe: probe(), livenessProbe: probe() })),
    ...maybe(() => ({ lifecycle: pick([{}, { preStop: probe() }]) })),
    ...maybe(() => ({ resources: { limits: { 'nvidia.com/gpu': pick([1, '1']), [text()]: 2 }, requests: {} } })),
    ...maybe(() => ({ securityContext: pick([{}, { capabilities: { drop: list(text) } }]) })),
  });
  const container = () => ({ name: text(), ...members() });
  const pod = () => ({
    ...maybe(() => ({ containers: list(container) })),
    ...maybe(() => ({ initContainers: list(container) })),
    ...maybe(() => ({
      volumes: list(() => ({ name: text(), ...pick([{}, { emptyDir: {} }, { configMap: { name: text() } }]) })),
    })),
    ...maybe(() => ({ nodeSelector: map(), tolerations: list(() => ({ key: text() })) })),
    ...maybe(() => ({ imagePullSecrets: list(() => ({ name: text() })), hostIPC: random() < 0.5 })),
    ...maybe(() => ({ affinity: pick([{}, { podAffinity: {} }]), schedulerName: text() })),
  });
  const extension = () => ({
    ...maybe(() => ({ labels: map(), annotations: map() })),
    ...maybe(() => ({ logger: pick([{}, { url: text(), metadataHeaders: list(text) }]) })),
    ...maybe(() => ({ batcher: pick([{}, { maxBatchSize: 1 }]), containerConcurrency: below(3) })),
  });
  const source = () => ({
    ...maybe(() => ({ storageUri: text() })),
    ...maybe(() => ({ storage: pick([{}, { path: text(), parameters: map(), key: text() }]) })),
    ...maybe(() => ({ runtimeVersion: text(), protocolVersion: text() })),
    ...maybe(() => ({ confidential: { enabled: random() < 0.5 } })),
    ...maybe(() => ({ name: text() })),
    ...members(),
  });
  const model = () => ({
    ...maybe(() => ({
      modelFormat: { name: pick(['sklearn', text()]), ...maybe(() => ({ version: pick(['1', text()]) })) },
    })),
    ...maybe(() => ({ runtime: pick(['r0', 'r1', 'kserve-mlserver', text()]) })),
    ...source(),
  });
  const inferenceService = (): InferenceService => ({
    metadata: { name: 'iris', ...maybe(() => ({ namespace: 'ml', labels: map(), annotations: map() })) },
    spec: {
      predictor: {
        ...(random() < 0.8 ? { model: model() } : {}),
        ...(random() < 0.1 ? { [pick(['sklearn', 'triton'])]: source() } : {}),
        ...(random() < 0.05 ? { workerSpec: pod() } : {}),
        ...maybe(() => ({ name: text(), storageContainerName: text() })),
        ...maybe(() => ({ storageUris: list(() => ({ uri: text(), mountPath: '/m' })) })),
        ...pod(),
        ...extension(),
      },
      ...maybe(() => ({ transformer: { ...pod(), ...extension() } })),
      ...maybe(() => ({
        explainer: {
          ...pod(),
          ...extension(),
          ...maybe(() => ({ art: { type: text(), config: map(), ...source() } })),
        },
      })),
    },
  });
  const runtime = (): ServingRuntime => ({
    metadata: {
      name: pick(['r0', 'r1', 'kserve-mlserver', 'kserve-torchserve', 'kserve-tritonserver', text()]),
      ...maybe(() => ({ annotations: { 'serving.kserve.io/server-type': text() }, creationTimestamp: text() })),
    },
    spec: {
      ...maybe(() => ({
        supportedModelFormats: list(() => ({
          name: pick(['sklearn', text()]),
          autoSelect: random() < 0.8,
          ...maybe(() => ({ version: pick(['1', text()]), priority: below(3) })),
        })),
      })),
      ...maybe(() => ({ protocolVersions: list(text), labels: map(), annotations: map() })),
      ...maybe(() => ({ disabled: random() < 0.2, multiModel: random() < 0.2 })),
      ...(random() < 0.1 ? { workerSpec: { containers: [] } } : {}),
      ...pod(),
      containers: [...(random() < 0.8 ? [{ ...container(), name: 'kserve-container' }] : []), ...list(container)],
    },
  });
  const storageContainer = (): ClusterStorageContainer => ({
    metadata: { name: text() },
    spec: {
      container: { name: 'a' },
      supportedUriFormats: list(() => pick([{}, { prefix: text() }, { regex: text() }])),
      workloadType: 'initContainer',
      supportsMultiModelDownload: false,
    },
  });
  return { inferenceService, runtime, storageContainer, list };
}
