import { containerNames, servingPorts } from '../../definitions/names/serving';
import { type BuiltInRuntime, chosen, formats, metricsAt, sharedMemory } from './built-in-runtime';

const rayPort = 6379;
const healthCheck = './huggingfaceserver/health_check.py';
const memory = sharedMemory('shm', '3Gi');
const resources = { requests: { cpu: '2', memory: '6Gi' }, limits: { cpu: '4', memory: '12Gi' } };

/**
 * Starts the head of the Ray cluster, waits until the workers have joined, then serves. The arguments of the container follow as
 * `$0` and `$@`. Variables stand without braces: Flux takes those for its own.
 */
const headScript = `MODEL_DIR_ARG=""
if [ -n "$MODEL_ID" ]; then MODEL_DIR_ARG="--model_id=$MODEL_ID"; fi
if [ -n "$MODEL_DIR" ]; then MODEL_DIR_ARG="--model_dir=$MODEL_DIR"; fi
ray start --head --disable-usage-stats --include-dashboard false
export VLLM_HOST_IP=$POD_IP
${healthCheck} registered_nodes --retries 300 --probe_name runtime_start
exec python -m huggingfaceserver $MODEL_DIR_ARG --tensor-parallel-size=$TENSOR_PARALLEL_SIZE --pipeline-parallel-size=$PIPELINE_PARALLEL_SIZE "$0" "$@"
`;

const workerScript = `export VLLM_HOST_IP=$POD_IP
exec ray start --address=$HEAD_SVC.$POD_NAMESPACE.svc.cluster.local:${rayPort} --block
`;

const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const variables = [
  { name: 'RAY_PORT', value: String(rayPort) },
  fromField('POD_NAMESPACE', 'metadata.namespace'),
  fromField('POD_IP', 'status.podIP'),
  { name: 'VLLM_CONFIG_ROOT', value: '/tmp' },
  { name: 'HF_HUB_CACHE', value: '/tmp' },
];

const bash = (script: string) => ({ exec: { command: ['bash', '-c', script] } });
const probe = (check: string, name: string) => ({
  ...bash(`${healthCheck} ${check} --probe_name ${name}`),
  failureThreshold: 2,
  periodSeconds: 5,
  timeoutSeconds: 15,
});
const startup = (check: string, name: string) => ({
  ...probe(check, name),
  failureThreshold: 40,
  initialDelaySeconds: 60,
  periodSeconds: 30,
  timeoutSeconds: 30,
});
const serves = `--health_check_url http://localhost:${servingPorts.container}/health`;

/** A language model over several nodes; services get it by asking for workers. */
export const multiNodeRuntime: BuiltInRuntime = {
  name: 'kserve-huggingfaceserver-multinode',
  serverType: 'huggingfaceserver',
  image: 'huggingFaceServerGpu',
  spec: (image) => ({
    annotations: metricsAt(servingPorts.container),
    supportedModelFormats: formats('huggingface', ['1'], chosen(2)),
    protocolVersions: ['v2', 'v1'],
    containers: [
      {
        name: containerNames.main,
        image,
        command: ['bash', '-c', headScript],
        args: ['--model_name={{.Name}}'],
        env: variables,
        resources,
        volumeMounts: [memory.mount],
        livenessProbe: probe(`registered_node_and_runtime_health ${serves}`, 'head_liveness'),
        readinessProbe: probe(`runtime_health ${serves}`, 'head_readiness'),
        startupProbe: startup(`registered_node_and_runtime_health ${serves}`, 'head_startup'),
      },
    ],
    volumes: [memory.volume],
    workerSpec: {
      pipelineParallelSize: 1,
      tensorParallelSize: 1,
      containers: [
        {
          name: containerNames.worker,
          image,
          command: ['bash', '-c', workerScript],
          env: variables,
          resources,
          volumeMounts: [memory.mount],
          livenessProbe: probe('registered_nodes', 'worker_liveness'),
          startupProbe: startup('registered_nodes', 'worker_startup'),
        },
      ],
      volumes: [memory.volume],
    },
  }),
};
