import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import { inferenceConfigs } from '../../definitions/inference/inference-config';
import { inferenceRuns } from '../../definitions/inference/inference-run';
import { inferenceServices } from '../../definitions/serving/inference-service';
import { notebookNames } from '../../charts-src/notebooks/notebook-code';
import { callParameters } from '../../controllers/runner/krateo/parameters';
import { parseInputSettings, parseOutputSettings } from '../../controllers/runner/krateo/settings';
import { servedModels } from '../doubles/model-server/models';

/** The weights can't be had in a test, so what is tested is that the parts of the example agree, and that each is what its reader takes. */
const directory = join(__dirname, '..', '..', 'examples', 'ttm');
const text = (file: string) => readFileSync(join(directory, file), 'utf8');
const model = 'granite-timeseries-ttm-r2';

/** Protobuf text as far as configurations of Triton need it: scalars, and lists of messages. */
function parsePbtxt(source: string): Record<string, unknown> {
  const tokens = source.replace(/#.*$/gm, '').match(/"[^"]*"|[\w-]+|[[\]{}:,]/g) ?? [];
  let next = 0;
  const take = () => tokens[next++];
  const value = (): unknown => {
    const token = take();
    if (token === '{') return message('}');
    if (token === '[') {
      const list: unknown[] = [];
      for (; tokens[next] !== ']';) {
        list.push(value());
        if (tokens[next] === ',') take();
      }
      take();
      return list;
    }
    if (token === undefined || /^[\]}:,]$/.test(token)) throw new Error(`unexpected ${token} in a value`);
    return token.startsWith('"') ? token.slice(1, -1) : /^-?\d+$/.test(token) ? Number(token) : token;
  };
  const message = (end: string | undefined): Record<string, unknown> => {
    const members: Record<string, unknown> = {};
    for (let name = take(); name !== end; name = take()) {
      if (name === undefined || !/^\w+$/.test(name)) throw new Error(`expected a name, got ${name}`);
      if (tokens[next] === ':') take();
      members[name] = value();
    }
    return members;
  };
  return message(undefined);
}

const kinds = [inferenceConfigs, inferenceRuns, inferenceServices];

/** The objects of a file, valid by the schemas of their kinds. */
function objectsOf(file: string): readonly unknown[] {
  const objects = loadAll(text(file)) as { readonly kind: string; readonly spec: unknown }[];
  for (const { kind, spec } of objects) {
    const definition = kinds.find((each) => each.kind === kind);
    expect([kind, definition?.schema.safeParse({ spec }).error?.issues]).toEqual([kind, undefined]);
    expect(definition).toBeDefined();
  }
  return objects;
}

test('config.pbtxt describes the model by names and shapes (5.8)', () => {
  const config = parsePbtxt(text(`${model}/config.pbtxt`));
  expect(config).toEqual({
    name: model,
    platform: 'pytorch_libtorch',
    max_batch_size: 0,
    input: [{ name: 'past_values', data_type: 'TYPE_FP32', dims: [-1, 512, 1] }],
    output: [{ name: 'forecast_output', data_type: 'TYPE_FP32', dims: [-1, 96, -1] }],
  });
  // The double that runs are tested against has the same.
  expect(servedModels[model]?.inputs).toMatchObject([{ name: 'past_values', shape: [-1, 512, 1] }]);
  expect(servedModels[model]?.outputs).toMatchObject([{ name: 'forecast_output', shape: [-1, 96, 1] }]);
});

test('export.py is Python, exports these shapes, and its input has the name of the tensor', async () => {
  const script = `
import ast, json, sys
tree = ast.parse(open(sys.argv[1]).read())
constants = {n.targets[0].id: n.value.value for n in tree.body if isinstance(n, ast.Assign)}
forward = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "forward")
print(json.dumps([constants, [a.arg for a in forward.args.args]]))`;
  const { stdout } = await promisify(execFile)('python3', ['-c', script, join(directory, model, 'export.py')]);
  expect(JSON.parse(stdout)).toEqual([
    { MODEL: `ibm-granite/${model}`, CONTEXT: 512, HORIZON: 96 },
    ['self', 'past_values'],
  ]);
});

test('the image has the model where KServe looks for it', () => {
  expect(text('Containerfile')).toContain(`COPY ${model} /models/${model}\n`);
});

test('the objects fit together: service, model, tensor, notebooks, parameters', () => {
  const [service] = objectsOf('inference-service.yaml') as readonly [ServiceObject];
  const [config, run] = objectsOf('inference-run.yaml') as readonly [ConfigObject, RunObject];
  const { name, namespace } = service.metadata;
  const { kserve, storage } = config.spec;
  expect(kserve.modelUrl).toBe(`${name}-predictor.${namespace}.svc.cluster.local/v2/models/${model}/infer`);
  expect([kserve.modelName, kserve.modelInputName]).toEqual([model, 'past_values']);
  const [input, output] = [parseInputSettings(storage.input.krateo), parseOutputSettings(storage.output.krateo)];
  for (const { path } of [input.api, output.api])
    expect(notebookNames.map((each) => `/compute/${each}`)).toContain(path);
  const { parameters } = run.spec;
  expect(callParameters('input', input.api, parameters, input)).toEqual(parameters);
  expect(callParameters('output', output.api, parameters, output)).toEqual(parameters);
  expect(parameters['input_data_length']).toBe('512');
});

interface ServiceObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
}
interface ConfigObject {
  readonly spec: {
    readonly kserve: { readonly modelName: string; readonly modelUrl: string; readonly modelInputName: string };
    readonly storage: { readonly input: { readonly krateo: unknown }; readonly output: { readonly krateo: unknown } };
  };
}
interface RunObject {
  readonly spec: { readonly parameters: Record<string, string> };
}
