import { buildContract, type ContractSources } from '../../../controllers/inference-runs/contract';
import { contractConfigMap, contractConfigMapName } from '../../../controllers/inference-runs/contract-config-map';
import { contractHash } from '../../../controllers/inference-runs/contract-hash';
import { contractText } from '../../../controllers/inference-runs/contract-text';
import { resolveModel } from '../../../controllers/inference-runs/model';
import { contract as contractSchema, type Contract } from '../../../definitions/inference/contract';
import { executionDefaults } from '../../../definitions/inference/execution';
import { inferenceConfigs, type InferenceConfig } from '../../../definitions/inference/inference-config';
import { inferenceRuns, type InferenceRun } from '../../../definitions/inference/inference-run';
import { documentBlock } from '../../documents/texts';
import { privateKind } from '../../definitions/serving/private-kind';
import { configOf, documentedUid, runOf } from './objects';
import { sampleConfig, sampleContract, sampleRun, upstreamSamples } from './upstream-samples';

/** Contract of a run as the controller builds it. */
function contractOf(run: InferenceRun, config: InferenceConfig, more: Partial<ContractSources> = {}): Contract {
  const resolved = resolveModel(
    config.spec ?? configOf().spec ?? { autoDeletePolicy: 'None', autoDeleteDelaySeconds: 0 },
  );
  if ('conflict' in resolved) throw new Error(resolved.conflict);
  return buildContract({ run, config, model: resolved.model, parameters: run.spec?.parameters, attempt: 1, ...more });
}

describe('the Contract of the samples of upstream', () => {
  const configs = privateKind(inferenceConfigs);
  const runs = privateKind(inferenceRuns);

  it.each(upstreamSamples.map((sample) => [sample.name, sample] as const))(
    '%s is stored as it is, and its Contract is what upstream makes, field by field (AT-01)',
    async (name, sample) => {
      await configs.create(name, sampleConfig(sample), 'Strict');
      await runs.create(name, sampleRun(sample), 'Strict');
      const storedConfig = { ...configOf({}, name), ...(await configs.stored(name)) };
      const storedRun = { ...runOf({}, { name }), ...(await runs.stored(name)) };
      const attempt = sample.schedule === undefined ? 1 : 'cron';
      const contract = contractOf(storedRun, storedConfig, { attempt });
      const { jobId, jobName, kserve, input, output, parameters, ...ours } = contract;
      expect({ kserve, input, output, parameters }).toEqual(sampleContract(sample));
      expect({ jobId, jobName }).toEqual({ jobId: documentedUid, jobName: `inf-${name}-5be07ada` });
      expect(Object.keys(ours)).toEqual([
        'schemaVersion',
        ...(attempt === 1 ? ['attempt'] : []),
        'run',
        'config',
        'execution',
        ...(attempt === 1 ? ['executionId'] : ['schedule']),
      ]);
      const map = contractConfigMap({ run: storedRun, config: storedConfig, contract, name: 'contract' });
      expect(contractSchema.parse(JSON.parse(map.data['contract.json'] ?? ''))).toEqual(contract);
    },
  );
});

describe('the Contract of the published README (AT-29)', () => {
  const text = documentBlock({ document: '2-inference-runs', heading: 'The Runner Contract', index: 0 }).content;
  const published = contractSchema.parse(JSON.parse(text));

  it('is what run and config of its values get, key for key and in its order', () => {
    const config = configOf({
      kserve: published.kserve,
      storage: { input: published.input ?? {}, output: published.output ?? {} },
    });
    const run = runOf({ parameters: published.parameters ?? {} }, { name: 'example-inference-run-triton' });
    const contract = contractOf(run, config);
    const keys = Object.keys(published);
    const upstreams = Object.fromEntries(Object.entries(contract).filter(([key]) => keys.includes(key)));
    expect(JSON.stringify(upstreams)).toBe(JSON.stringify(published));
  });

  it('is the same for a config that writes the model flat, as the README does (A-01)', () => {
    const storage = { input: published.input ?? {}, output: published.output ?? {} };
    const { modelName, modelUrl, modelVersion, modelInputName } = published.kserve;
    const flat = { modelName, modelUrl, modelVersion, modelInputName } as Partial<
      Record<keyof typeof published.kserve, string>
    >;
    const nested = contractOf(runOf(), configOf({ kserve: published.kserve, storage }));
    expect(contractText(contractOf(runOf(), configOf({ ...flat, storage })))).toBe(contractText(nested));
  });
});

describe('what a Contract says beside upstream', () => {
  it('where it comes from, and how to work with every default filled in', () => {
    const contract = contractOf(runOf(), configOf({ storage: { input: { inline: { data: '' } } } }));
    expect(contract).toMatchObject({
      schemaVersion: '1.1',
      attempt: 1,
      run: { name: 'iris-run', namespace: 'ml', uid: documentedUid, generation: 2 },
      config: { name: 'iris-config', namespace: 'ml', uid: 'c0000000-0000-4000-8000-000000000001', generation: 3 },
    });
    expect(contract.execution).toEqual(executionDefaults('inline'));
    expect(contract).not.toHaveProperty('schedule');
  });

  it('settings of the run win over those of the config, leaf by leaf', () => {
    const config = configOf({
      storage: { input: { krateo: {} } },
      execution: { concurrency: 4, retry: { maxAttempts: 2, jitter: 0 } },
    });
    const { execution } = contractOf(runOf({ execution: { retry: { maxAttempts: 7 } } }), config);
    expect(execution).toEqual({
      ...executionDefaults('krateo'),
      concurrency: 4,
      retry: { ...executionDefaults('krateo').retry, maxAttempts: 7, jitter: 0 },
    });
  });

  it('a schedule, and then no attempt and no identity, which are those of each Job', () => {
    const run = runOf({ schedule: '0 5 * * *', timeZone: 'Europe/Rome' });
    const contract = contractOf(run, configOf(), { attempt: 'cron' });
    expect(contract.schedule).toEqual({ cron: '0 5 * * *', timeZone: 'Europe/Rome' });
    expect(contract).not.toHaveProperty('attempt');
    expect(contract).not.toHaveProperty('executionId');
    expect(
      contractOf(runOf({ schedule: '0 5 * * *', timeZone: '' }), configOf(), { attempt: 'cron' }).schedule,
    ).toEqual({
      cron: '0 5 * * *',
    });
  });

  it('storage and parameters that are absent are left out, parameters that are empty are not', () => {
    const absent = contractOf(runOf(), configOf({ storage: { input: {}, output: {} } }));
    expect(Object.keys(absent)).not.toEqual(expect.arrayContaining(['input']));
    expect(Object.keys(absent)).not.toEqual(expect.arrayContaining(['output']));
    expect(Object.keys(absent)).not.toEqual(expect.arrayContaining(['parameters']));
    expect(contractOf(runOf({ parameters: {} }), configOf()).parameters).toEqual({});
  });

  it('a config without spec still makes one: what is missing is for the runner to say (C-22)', () => {
    const { spec: _, ...config } = configOf();
    expect(contractOf(runOf(), config)).toMatchObject({ kserve: {}, jobName: 'inf-iris-run-5be07ada' });
  });
});

describe('storage settings', () => {
  const strange = {
    unheard: {
      Of: [1, 2.5, -0.001, null, true, { '': '', ünïcode: '<&>\u2028"\\' }],
      ['__proto__']: { polluted: 'no' },
      '${parameters.name}': '${nothing}',
      deep: { er: { and: { deeper: [[[]], {}] } } },
    },
  };

  it('of a kind that nobody knows arrive unchanged (AT-44)', () => {
    const storage = { input: strange, output: { other: strange.unheard } };
    const parsed: unknown = JSON.parse(contractText(contractOf(runOf(), configOf({ storage }))));
    expect(parsed).toMatchObject(storage);
    expect(JSON.stringify(parsed)).toContain('"__proto__":{"polluted":"no"}');
  });

  it('make the same Contract in whatever order they are written', () => {
    const texts = [
      { a: { one: 1, two: { x: 1, y: 2 } }, b: {} },
      { b: {}, a: { two: { y: 2, x: 1 }, one: 1 } },
    ].map((input) => contractText(contractOf(runOf(), configOf({ storage: { input } }))));
    expect(texts[0]).toBe(texts[1]);
  });
});

describe('the hash of a Contract', () => {
  const hashOf = (...sources: Parameters<typeof contractOf>) => contractHash(contractOf(...sources));
  const base = hashOf(runOf(), configOf());

  it('is a SHA-256 in hex, the same for each attempt', () => {
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(runOf(), configOf(), { attempt: 2 })).toBe(base);
    expect(hashOf(runOf(), configOf(), { rerun: 'again' })).toBe(base);
  });

  it('survives being written and read', () => {
    const contract = contractOf(runOf(), configOf());
    expect(contractHash(contractSchema.parse(JSON.parse(contractText(contract))))).toBe(contractHash(contract));
  });

  it.each<[string, InferenceRun, InferenceConfig]>([
    ['a parameter', runOf({ parameters: { a: 'b' } }), configOf()],
    ['the model', runOf(), configOf({ kserve: { modelName: 'other' } })],
    ['the settings of the runner', runOf({ execution: { concurrency: 2 } }), configOf()],
    ['the run', runOf({}, { uid: '6be07ada-5fe0-4c9e-a8bc-aaae67d8d344' }), configOf()],
  ])('is another one for %s', (_what, run, config) => {
    expect(hashOf(run, config)).not.toBe(base);
  });
});

describe('the identity of the work', () => {
  const idOf = (more: Partial<ContractSources>) => contractOf(runOf(), configOf(), more).executionId;

  it('is made of the run and the Contract, and stays the same across attempts', () => {
    const hash = contractHash(contractOf(runOf(), configOf()));
    expect(idOf({})).toBe(`5be07ada-${hash.slice(0, 8)}-0`);
    expect(idOf({ attempt: 5 })).toBe(idOf({}));
  });

  it('is another one for each rerun, so that nothing of it counts as done', () => {
    const ids = [idOf({}), idOf({ rerun: 'monday' }), idOf({ rerun: 'tuesday' })];
    expect(new Set(ids).size).toBe(3);
    expect(ids[1]).toMatch(/^5be07ada-[0-9a-f]{8}-[0-9a-f]{8}$/);
  });

  it('follows the annotation of the run unless told otherwise', () => {
    const asked = runOf({}, { annotations: { 'ai.krateo.io/rerun': 'monday' } });
    expect(contractOf(asked, configOf()).executionId).toBe(idOf({ rerun: 'monday' }));
    expect(contractOf(asked, configOf(), { rerun: undefined }).executionId).toBe(idOf({}));
  });
});

describe('the ConfigMap of a Contract', () => {
  const config = configOf();

  it('is readable, never changes, belongs to the run and carries its labels (C-16, C-38)', () => {
    const run = runOf();
    const contract = contractOf(run, config, { attempt: 2 });
    const name = contractConfigMapName(run, contract, 2);
    expect(contractConfigMap({ run, config, contract, name })).toEqual({
      metadata: {
        name: 'inf-iris-run-5be07ada-r1',
        namespace: 'ml',
        labels: {
          'app.kubernetes.io/managed-by': 'inference-run-controller',
          'app.kubernetes.io/component': 'inference-runner',
          'ai.krateo.io/inference-run': 'iris-run',
          'ai.krateo.io/inference-run-uid': documentedUid,
          'ai.krateo.io/inference-config': 'iris-config',
          'ai.krateo.io/attempt': '2',
        },
        ownerReferences: [
          {
            apiVersion: 'ai.krateo.io/v1',
            kind: 'InferenceRun',
            name: 'iris-run',
            uid: documentedUid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      immutable: true,
      data: { 'contract.json': contractText(contract) },
    });
  });

  it('of a schedule has one name for each Contract, which fits', () => {
    const run = runOf({ schedule: '@daily' }, { name: 'n'.repeat(100) });
    const contracts = ['a', 'b'].map((a) => contractOf(run, config, { attempt: 'cron', parameters: { a } }));
    const names = contracts.map((contract) => contractConfigMapName(run, contract, 'cron'));
    expect(names).toEqual(contracts.map((each) => `inf-${'n'.repeat(39)}-5be07ada-${contractHash(each).slice(0, 8)}`));
    expect(new Set(names).size).toBe(2);
    expect(names.every((name) => name.length <= 63)).toBe(true);
  });
});
