/** Names that runtimes, model servers and the controller agree on. Source: KServe v0.20. */

/** Environment variables that the controller sets or reads in containers. */
export const servingVariables = {
  inferenceServiceName: 'INFERENCE_SERVICE_NAME',
  /** Where a custom container's files come from. */
  storageUri: 'STORAGE_URI',
  /** `true`: the custom server holds many models. */
  multiModelServer: 'MULTI_MODEL_SERVER',
  /** Protocol of a custom container. */
  protocol: 'PROTOCOL',
  mlserverLoadsAtStartup: 'MLSERVER_LOAD_MODELS_AT_STARTUP',
  mlserverModelName: 'MLSERVER_MODEL_NAME',
  mlserverModelUri: 'MLSERVER_MODEL_URI',
  torchserveProtocol: 'PROTOCOL_VERSION',
} as const;

/** Arguments of KServe's model servers, transformers and explainers. */
export const servingArguments = {
  modelName: '--model_name',
  predictorHost: '--predictor_host',
  httpPort: '--http_port',
  workers: '--workers',
  storageUri: '--storage_uri',
  adversaryType: '--adversary_type',
  tritonExplicitModels: '--model-control-mode=explicit',
} as const;

/** Servers that need something of their own: values of the annotation `server-type` of runtimes. */
export const serverTypes = {
  mlserver: 'mlserver',
  torchserve: 'torchserve',
  triton: 'tritonserver',
  tensorflow: 'tensorflow-serving',
  huggingface: 'huggingfaceserver',
  vllm: 'vllmserver',
} as const;

/** Servers of runtimes by their names, where no annotation tells. */
export const serverTypeOfRuntime: Readonly<Record<string, string>> = {
  'kserve-mlserver': serverTypes.mlserver,
  'kserve-torchserve': serverTypes.torchserve,
  'kserve-tritonserver': serverTypes.triton,
  'kserve-tensorflow-serving': serverTypes.tensorflow,
  'kserve-huggingfaceserver': serverTypes.huggingface,
  'kserve-vllmserver': serverTypes.vllm,
};

/** Class by which MLServer loads a model, by its format; the default is that of scikit-learn. */
export const mlserverModelClasses: Readonly<Record<string, string>> = {
  xgboost: 'mlserver_xgboost.XGBoostModel',
  lightgbm: 'mlserver_lightgbm.LightGBMModel',
  mlflow: 'mlserver_mlflow.MLflowRuntime',
};
export const mlserverDefaultModelClass = 'mlserver_sklearn.SKLearnModel';

/** Form of requests that TorchServe is told to expect. */
export const torchserveEnvelopes = { v1: 'kserve', v2: 'kservev2' } as const;

/** Directory in the container of a multi-model server with the list of its models. */
export const modelConfigDirectory = '/mnt/configs';

/** ConfigMap with the list of models of a multi-model predictor; there is one shard only. */
export function modelConfigName(inferenceService: string): string {
  return `modelconfig-${inferenceService}-0`;
}
