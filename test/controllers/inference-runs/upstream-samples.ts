import type { JsonValue } from '../../../definitions/schema/structural-schema';

type Storage = { [kind: string]: { readonly [member: string]: JsonValue } };

/** The four samples that upstream's end-to-end test applies, told by their differences. */
interface Sample {
  readonly name: string;
  readonly autoDeletePolicy: 'None' | 'DeleteOnCompletion';
  readonly schedule?: string;
  readonly kserve: {
    readonly modelName: string;
    readonly modelUrl: string;
    readonly modelVersion: string;
    readonly modelInputName: string;
  };
  readonly input: Storage;
  readonly output: Storage;
  readonly parameters: Readonly<Record<string, string>>;
}

const endpointRef = { name: 'finops-database-handler-endpoint', namespace: 'kserve-controller-system' };

/** The call of a notebook. */
const notebook = (path: string) => ({
  krateo: {
    api: { endpointRef, path, verb: 'POST', headers: ['Accept: application/json', 'Content-Type: application/json'] },
  },
});

const named = { modelName: 'sklearn-iris', modelVersion: 'v2' };

const ttm = {
  ...named,
  modelUrl: 'kserve-krateo-ttm-predictor.kserve-test.svc.cluster.local/v2/models/granite-timeseries-ttm-r2/infer',
  modelInputName: 'past_values',
};

const iris = {
  kserve: {
    ...named,
    modelUrl: 'sklearn-iris-predictor.kserve-test.svc.cluster.local/v2/models/sklearn-iris/infer',
    modelInputName: 'input-0',
  },
  input: notebook('/compute/sklearninput'),
  output: notebook('/compute/sklearnoutput'),
  parameters: {
    input_table_name: 'kserve_controller_input_sklearn',
    output_table_name: 'kserve_controller_output_sklearn',
  },
};

export const upstreamSamples: readonly Sample[] = [
  {
    name: 'testdata-custom',
    autoDeletePolicy: 'None',
    kserve: ttm,
    input: notebook('/compute/tritoninput'),
    output: { custom: { s3: { endpointRef, moreCustom: 'data' } } },
    parameters: { input_table_name: 'azuretoolkit', output_table_name: 'kserve_controller_output_triton' },
  },
  { name: 'testdata-iris-autodelete', autoDeletePolicy: 'DeleteOnCompletion', ...iris },
  { name: 'testdata-iris-schedule', autoDeletePolicy: 'None', schedule: '1 * * * *', ...iris },
  {
    name: 'testdata-triton',
    autoDeletePolicy: 'None',
    kserve: ttm,
    input: notebook('/compute/tritoninput'),
    output: notebook('/compute/tritonoutput'),
    parameters: {
      input_data_length: '512',
      input_table_column_name: 'average',
      input_table_name: 'azuretoolkit',
      key_name: 'resourceid',
      key_value: 'sample-vm',
      output_table_name: 'kserve_controller_output_triton',
    },
  },
];

/** Members of the sample's InferenceConfig besides kind and metadata. */
export function sampleConfig({ autoDeletePolicy, kserve, input, output }: Sample) {
  return {
    spec: {
      autoDeletePolicy,
      image: 'ghcr.io/krateoplatformops/kserve-krateo-runner-test:0.1.0',
      kserve,
      storage: { input, output },
    },
  };
}

/** Members of the sample's InferenceRun besides kind and metadata. */
export function sampleRun({ name, parameters, schedule }: Sample) {
  return {
    spec: {
      configRef: { name, namespace: 'kserve-test' },
      timeoutSeconds: 3600,
      parameters,
      ...(schedule !== undefined && { schedule }),
    },
  };
}

/** What upstream's controller would tell the runner. */
export function sampleContract({ kserve, input, output, parameters }: Sample) {
  return { kserve, input, output, parameters };
}
