import { modelDirectory, servingLabels, servingPorts } from '../../definitions/names/serving';
import { asUser, type BuiltInRuntime, chosen, formats, metricsAt, modelServer } from './built-in-runtime';

const http = servingPorts.container;
const grpc = 9000;
const label = (name: string) => `{{.Labels.${name}}}`;

const mlServer: BuiltInRuntime = {
  name: 'kserve-mlserver',
  serverType: 'mlserver',
  image: 'mlServer',
  spec: (image) => ({
    annotations: metricsAt(http),
    supportedModelFormats: [
      ...formats('sklearn', ['0', '1'], chosen(2)),
      ...formats('xgboost', ['1', '2'], chosen(2)),
      ...formats('lightgbm', ['3', '4'], chosen(2)),
      ...formats('mlflow', ['1', '2'], chosen(1)),
    ],
    protocolVersions: ['v2'],
    containers: [
      modelServer({
        image,
        env: [
          { name: 'MLSERVER_MODEL_IMPLEMENTATION', value: label(servingLabels.modelClass) },
          { name: 'MLSERVER_HTTP_PORT', value: String(http) },
          { name: 'MLSERVER_GRPC_PORT', value: String(grpc) },
        ],
      }),
    ],
  }),
};

const tensorflowServing: BuiltInRuntime = {
  name: 'kserve-tensorflow-serving',
  serverType: 'tensorflow-serving',
  image: 'tensorflowServing',
  spec: (image) => ({
    annotations: metricsAt(http),
    supportedModelFormats: formats('tensorflow', ['1', '2'], chosen(2)),
    protocolVersions: ['v1', 'grpc-v1'],
    containers: [
      modelServer({
        image,
        command: ['/usr/bin/tensorflow_model_server'],
        args: [
          '--model_name={{.Name}}',
          `--port=${grpc}`,
          `--rest_api_port=${http}`,
          `--model_base_path=${modelDirectory}`,
          '--rest_api_timeout_in_ms=60000',
        ],
        securityContext: asUser(1000),
      }),
    ],
  }),
};

const torchServe: BuiltInRuntime = {
  name: 'kserve-torchserve',
  serverType: 'torchserve',
  image: 'torchServe',
  spec: (image) => ({
    annotations: metricsAt(8082),
    supportedModelFormats: formats('pytorch', ['1'], chosen(2)),
    protocolVersions: ['v1', 'v2', 'grpc-v2'],
    containers: [
      modelServer({
        image,
        args: [
          'torchserve',
          '--start',
          `--model-store=${modelDirectory}/model-store`,
          `--ts-config=${modelDirectory}/config/config.properties`,
        ],
        env: [{ name: 'TS_SERVICE_ENVELOPE', value: label(servingLabels.serviceEnvelope) }],
        securityContext: asUser(1000),
      }),
    ],
  }),
};

const tritonServer: BuiltInRuntime = {
  name: 'kserve-tritonserver',
  serverType: 'tritonserver',
  image: 'tritonServer',
  spec: (image) => ({
    annotations: metricsAt(8002),
    supportedModelFormats: [
      ...formats('tensorrt', ['8'], chosen(1)),
      ...formats('tensorflow', ['1', '2'], chosen(1)),
      ...formats('onnx', ['1'], chosen(1)),
      ...formats('pytorch', ['1']),
      ...formats('triton', ['2'], chosen(1)),
    ],
    protocolVersions: ['v2', 'grpc-v2'],
    containers: [
      modelServer({
        image,
        args: [
          'tritonserver',
          `--model-store=${modelDirectory}`,
          `--grpc-port=${grpc}`,
          `--http-port=${http}`,
          '--allow-grpc=true',
          '--allow-http=true',
        ],
        securityContext: asUser(1000),
      }),
    ],
  }),
};

const openVino: BuiltInRuntime = {
  name: 'kserve-openvino',
  serverType: 'ovms',
  image: 'openVinoServer',
  spec: (image) => ({
    annotations: metricsAt(http),
    supportedModelFormats: [
      ...formats('openvino', ['10'], chosen(1)),
      ...formats('onnx', ['1'], chosen(2)),
      ...formats('tensorflow', ['1'], chosen(3)),
      { name: 'huggingface', autoSelect: true },
    ],
    protocolVersions: ['v1', 'v2', 'grpc-v2'],
    containers: [
      modelServer({
        image,
        args: [
          '--model_name={{.Name}}',
          `--model_path=${modelDirectory}`,
          `--port=${grpc}`,
          `--rest_port=${http}`,
          '--file_system_poll_wait_seconds=0',
        ],
        securityContext: asUser(5000),
      }),
    ],
  }),
};

/** Servers of other projects. */
export const serverRuntimes: readonly BuiltInRuntime[] = [
  mlServer,
  tensorflowServing,
  torchServe,
  tritonServer,
  openVino,
];
