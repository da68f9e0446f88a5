import { contract } from '../../definitions/inference/contract';
import { blockReasons, runEvents } from '../../definitions/names/inference';
import { configOf, RunInstallation, runOf, type Written } from '../controllers/inference-runs/run-installation';
import { documentedObject } from './documented-object';
import type { Locator } from './entry';
import { documentBlock } from './texts';

/** What the document says of inference runs, on the controller as it is deployed. */
let installation: RunInstallation;

const inferenceRuns = (heading: string): Locator => ({ document: '2-inference-runs', heading, index: 0 });

beforeAll(async () => {
  installation = await RunInstallation.make();
}, 120_000);
afterAll(() => installation?.close());

const documentedConfig = documentedObject(inferenceRuns('InferenceConfig')) as Written;
const documentedRun = documentedObject(inferenceRuns('InferenceRun')) as Written;
const contractOf = (status: { readonly contract?: string }) =>
  contract.parse(JSON.parse(Buffer.from(status.contract ?? '', 'base64').toString()));

describe('inference runs as the document shows them', () => {
  beforeAll(async () => {
    await installation.start();
  }, 60_000);

  it('the config is taken as it is shown, and told where its flat fields belong', async () => {
    await installation.cluster.create(documentedConfig);
    const { note } = await installation.event(documentedConfig, runEvents.deprecatedField);
    for (const field of ['modelName', 'modelUrl', 'modelVersion']) expect(note).toContain(field);
    expect((await installation.cluster.get(documentedConfig))['spec']).toMatchObject(documentedConfig.spec ?? {});
  });

  it('the run waits for the config that it names, which is not the one shown, and starts when that appears', async () => {
    const { cluster } = installation;
    await cluster.create(documentedRun);
    const blocked = await installation.phase(documentedRun, 'Blocked');
    expect(blocked.conditions?.find(({ type }) => type === 'Synced')).toMatchObject({ status: 'False' });
    expect(JSON.stringify(blocked.conditions)).toContain(blockReasons.configNotFound);
    const { metadata, spec = {} } = documentedConfig;
    const named: Written = { ...documentedConfig, metadata: { ...metadata, name: 'example-inference-config' }, spec };
    await cluster.create(named);
    const started = await installation.until(documentedRun, 'to start', ({ jobStatus }) => jobStatus !== undefined);
    const [job] = await installation.jobs(documentedRun.metadata.namespace);
    expect(job?.metadata?.name).toBe(started.jobStatus?.name);
    const { parameters } = documentedRun.spec as { parameters: object };
    const { image, modelName, modelUrl, modelVersion, storage } = spec as Record<string, unknown>;
    expect(job?.spec?.template.spec?.containers[0]).toMatchObject({ name: 'inference', image });
    expect(job?.spec?.activeDeadlineSeconds).toBe(3600);
    expect(contractOf(started)).toMatchObject({
      kserve: { modelName, modelUrl, modelVersion },
      ...(storage as object),
      parameters,
    });
  });

  it('the runner is given the Contract that is shown, in a ConfigMap', async () => {
    const shown = contract.parse(JSON.parse(documentBlock(inferenceRuns('The Runner Contract')).content));
    const namespace = await installation.cluster.namespace('documents');
    const { kserve, input, output, parameters } = shown;
    const name = 'example-inference-run-triton';
    await installation.cluster.create(configOf(namespace, 'triton', { kserve, storage: { input, output } }));
    const run = runOf(namespace, name, { configRef: { name: 'triton' }, parameters });
    await installation.cluster.create(run);
    const status = await installation.until(run, 'to start', ({ jobStatus }) => jobStatus !== undefined);
    const uid = (await installation.run(run))?.metadata.uid ?? '';
    const jobName = `inf-${name}-${uid.slice(0, 8)}`;
    const [configMap] = await installation.configMaps(namespace);
    const given = contract.parse(JSON.parse(configMap?.data?.['contract.json'] ?? ''));
    expect(given).toEqual(contractOf(status));
    const { jobId, jobName: name1, ...others } = shown;
    expect([jobId, name1]).toEqual(['5be07ada-5fe0-4c9e-a8bc-aaae67d8d344', `inf-${name}-5be07ada`]);
    const members = Object.fromEntries(Object.keys(shown).map((key) => [key, given[key]]));
    expect(members).toEqual({ ...others, jobId: uid, jobName });
  });
});

describe('its variables', () => {
  const names = [...documentBlock(inferenceRuns('Configuration')).content.matchAll(/`([A-Z_]+)`/g)].map(
    ([, name]) => name,
  );

  it('are those that the document names', () => {
    expect(names).toEqual(['POLLING_INTERVAL', 'MAX_RECONCILE_RATE']);
  });

  it('take what the document says', async () => {
    const controller = await installation.start({ env: { POLLING_INTERVAL: '1m', MAX_RECONCILE_RATE: '4' } });
    expect((await fetch(`${controller.health}/healthz`)).status).toBe(200);
    expect(await controller.end()).toBe('0');
  });
});
