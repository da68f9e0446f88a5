import { modelDirectory, servingPorts } from '../../definitions/names/serving';
import {
  type BuiltInRuntime,
  chosen,
  formats,
  metricsAt,
  modelServer,
  sharedMemory,
  unprivileged,
} from './built-in-runtime';

/** Without it the cache of attention keys that both servers bring refuses to work. */
const cacheVariable = { name: 'LMCACHE_USE_EXPERIMENTAL', value: 'True' };
const memory = sharedMemory('devshm');

const huggingFace: BuiltInRuntime = {
  name: 'kserve-huggingfaceserver',
  serverType: 'huggingfaceserver',
  image: 'huggingFaceServer',
  spec: (image) => ({
    annotations: metricsAt(servingPorts.container),
    supportedModelFormats: formats('huggingface', ['1'], chosen(1)),
    protocolVersions: ['v2', 'v1'],
    hostIPC: false,
    containers: [
      modelServer({ image, args: ['--model_name={{.Name}}'], env: [cacheVariable], volumeMounts: [memory.mount] }),
    ],
    volumes: [memory.volume],
  }),
};

/** Loading a large model takes minutes: the start probe waits for half an hour, the other one looks every ten seconds. */
const models = { path: '/v1/models', port: servingPorts.container };

const vllm: BuiltInRuntime = {
  name: 'kserve-vllmserver',
  serverType: 'vllmserver',
  image: 'vllmServer',
  spec: (image) => ({
    annotations: metricsAt(servingPorts.container),
    supportedModelFormats: formats('vLLM', ['1'], chosen(1)),
    containers: [
      modelServer({
        image,
        command: ['python', '-m', 'vllm.entrypoints.openai.api_server'],
        args: [`--port=${servingPorts.container}`, '--served-model-name={{.Name}}', `--model=${modelDirectory}`],
        env: [
          cacheVariable,
          { name: 'HF_HOME', value: '/tmp' },
          { name: 'VLLM_CONFIG_ROOT', value: '/tmp' },
          { name: 'VLLM_WORKER_MULTIPROC_METHOD', value: 'spawn' },
        ],
        readinessProbe: { httpGet: models, failureThreshold: 3, periodSeconds: 10, timeoutSeconds: 5 },
        startupProbe: {
          httpGet: models,
          failureThreshold: 60,
          initialDelaySeconds: 30,
          periodSeconds: 30,
          timeoutSeconds: 10,
        },
        // Its image runs as root.
        securityContext: unprivileged,
        volumeMounts: [memory.mount],
      }),
    ],
    volumes: [memory.volume],
  }),
};

/** Servers of language models on one node. */
export const languageModelRuntimes: readonly BuiltInRuntime[] = [huggingFace, vllm];
