import type { MetricDefinition } from './metric';

/** Labels of series of model servers that are made of their pods' labels: whose they are, and which part of it. */
export const modelSeriesLabels = {
  inferenceService: 'serving_kserve_io_inferenceservice',
  component: 'component',
} as const;

/** Of every series of a model server, whatever the server. */
const ofPod = ['namespace', modelSeriesLabels.inferenceService, modelSeriesLabels.component] as const;

/** Buckets are the servers' own business: nobody makes these metrics here. */
const buckets: readonly number[] = [];

/**
 * Metrics of the servers that the built-in runtimes run, under their names; dashboards read them. Sources: KServe 0.20
 * `kserve/metrics.py`, MLServer's `metrics` and its REST server, Triton's `/metrics`, vLLM's `v1/metrics`. TensorFlow Serving and TorchServe
 * have none without a configuration of their own.
 */
export const modelServerMetrics = {
  /** Prometheus' own word on a pod. */
  up: { type: 'gauge', name: 'up', help: 'Whether the last scrape of the pod succeeded.', labels: ofPod },

  kservePreprocess: {
    type: 'histogram',
    name: 'request_preprocess_seconds',
    help: 'Time of a request before it is put to the model.',
    labels: [...ofPod, 'model_name'],
    unit: 'seconds',
    buckets,
  },
  kservePredict: {
    type: 'histogram',
    name: 'request_predict_seconds',
    help: 'Time that a prediction takes.',
    labels: [...ofPod, 'model_name'],
    unit: 'seconds',
    buckets,
  },
  kservePostprocess: {
    type: 'histogram',
    name: 'request_postprocess_seconds',
    help: 'Time of a request after its prediction.',
    labels: [...ofPod, 'model_name'],
    unit: 'seconds',
    buckets,
  },
  kserveExplain: {
    type: 'histogram',
    name: 'request_explain_seconds',
    help: 'Time that an explanation takes.',
    labels: [...ofPod, 'model_name'],
    unit: 'seconds',
    buckets,
  },

  mlserverRequest: {
    type: 'histogram',
    name: 'rest_server_request_duration_seconds',
    help: 'Time of a request over HTTP, by status code.',
    labels: [...ofPod, 'method', 'path', 'status_code'],
    unit: 'seconds',
    buckets,
  },
  mlserverSuccess: {
    type: 'counter',
    name: 'model_infer_request_success_total',
    help: 'Predictions that succeeded.',
    labels: [...ofPod, 'model', 'version'],
  },
  mlserverFailure: {
    type: 'counter',
    name: 'model_infer_request_failure_total',
    help: 'Predictions that failed.',
    labels: [...ofPod, 'model', 'version'],
  },

  tritonSuccess: {
    type: 'counter',
    name: 'nv_inference_request_success',
    help: 'Requests that succeeded.',
    labels: [...ofPod, 'model', 'version'],
  },
  tritonFailure: {
    type: 'counter',
    name: 'nv_inference_request_failure',
    help: 'Requests that failed.',
    labels: [...ofPod, 'model', 'version'],
  },

  vllmRequest: {
    type: 'histogram',
    name: 'vllm:e2e_request_latency_seconds',
    help: 'Time from a request until the end of its answer.',
    labels: [...ofPod, 'model_name'],
    unit: 'seconds',
    buckets,
  },
  vllmFirstToken: {
    type: 'histogram',
    name: 'vllm:time_to_first_token_seconds',
    help: 'Time from a request until the first token of its answer.',
    labels: [...ofPod, 'model_name'],
    unit: 'seconds',
    buckets,
  },
  vllmWaiting: {
    type: 'gauge',
    name: 'vllm:num_requests_waiting',
    help: 'Requests that wait for their turn.',
    labels: [...ofPod, 'model_name'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
