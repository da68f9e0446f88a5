import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { healthExpressions } from '../../../charts-src/gitops/health-expressions';
import { healthScript } from '../../../charts-src/gitops/health-script';
import { healthScripts } from '../../../charts-src/gitops/argo-health-checks';
import { downloadModule } from '../../../charts-src/import/go-module';
import { foreignCrdSets } from '../../../charts-src/import/sources';
import { type HealthRule, healthRules } from '../../../definitions/names/conditions';
import { allDefinitions } from '../../../definitions/kinds';
import { goInstalled } from '../../cluster/binaries/go-build';
import { itWithGo, needsGo } from '../import/go-toolchain';
import { buildTimeout, goProgram } from '../../tools/go-programs';
import { casesOf, healthCases } from './health-fixtures';
import { type Question, statuses, verdicts } from './verdicts';

const fixtures = resolve(__dirname, '..', '..', '..', 'charts-src', 'gitops', 'health');

beforeAll(async () => {
  if (await goInstalled()) await goProgram('argo-lua');
}, buildTimeout);

const scriptsAsArgoHasThem = (strict: boolean) =>
  Object.fromEntries([...healthScripts({ strict })].map(([key, script]) => [key.replace('_', '/'), script]));
const argo = (object: unknown, lua = scriptsAsArgoHasThem(false)): Question => ({ tool: 'argo-cd', object, lua });
const argoByItself = (object: unknown): Question => ({ tool: 'argo-cd', object });

function ruleOf(kind: string): HealthRule {
  const found = healthRules.find((rule) => rule.kind === kind);
  if (found === undefined) throw new Error(`no health rule of ${kind}`);
  return found;
}

const flux = (object: unknown, { strict = false, rule = ruleOf('InferenceService') } = {}): Question => ({
  tool: 'flux',
  object,
  expressions: healthExpressions(rule, { strict }),
});

type Condition = readonly [type: string, status: string];

/** An InferenceService with some status; every member may be absent. */
function service(status?: { conditions?: readonly Condition[]; transition?: string; observedGeneration?: number }) {
  const metadata = { name: 'iris', namespace: 'models', generation: 2 };
  const object = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', metadata, spec: {} };
  if (status === undefined) return object;
  const { conditions, transition, observedGeneration } = status;
  return {
    ...object,
    status: {
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
      ...(conditions === undefined ? {} : { conditions: conditions.map(([type, is]) => ({ type, status: is })) }),
      ...(transition === undefined ? {} : { modelStatus: { transitionStatus: transition } }),
    },
  };
}

/** Every combination of what the rule looks at. */
const combinations = [undefined, 'UpToDate', 'InProgress', 'BlockedByFailedLoad', 'InvalidSpec', ''].flatMap(
  (transition) =>
    ['absent', 'True', 'False', 'Unknown'].flatMap((stopped) =>
      ['absent', 'True', 'False', 'Unknown'].flatMap((ready) =>
        ['absent', 'True', 'False', 'Unknown'].map((other) => {
          const all: Condition[] = [
            ['Ready', ready],
            ['OciImageVolumeCompatible', other],
            ['Stopped', stopped],
          ];
          const conditions = all.filter(([, status]) => status !== 'absent');
          return service({ conditions, ...(transition === undefined ? {} : { transition }) });
        }),
      ),
    ),
);

/** What Flux has to say where Argo CD says so. */
const fluxFor: Readonly<Record<string, string>> = {
  Healthy: 'Current',
  Suspended: 'Current',
  Progressing: 'InProgress',
  Degraded: 'Failed',
};

describe('the table of health rules', () => {
  it('has one row for each kind of ours, with the version that is served', () => {
    const key = ({ group, version, kind }: Pick<HealthRule, 'group' | 'version' | 'kind'>) =>
      `${group}/${version} ${kind}`;
    expect(healthRules.map(key)).toEqual(allDefinitions.map(key));
  });

  it('has fixtures in Argo CD’s form for each kind and for Application', async () => {
    const kinds = await Promise.all(
      (await readdir(fixtures)).map(async (group) =>
        (await readdir(join(fixtures, group))).map((kind) => `${group}_${kind}`),
      ),
    );
    expect(kinds.flat().sort()).toEqual([...healthScripts({ strict: false }).keys()].sort());
  });
});

describe('in Argo CD’s own virtual machine', () => {
  itWithGo(`every fixture has the health and the message that stand beside it ${needsGo}`, async () => {
    const cases = await healthCases(fixtures);
    const found = await verdicts(cases.map(({ object }) => argo(object)));
    expect(found.map((verdict, index) => ({ name: cases[index]?.name, message: '', ...verdict }))).toEqual(
      cases.map(({ name, expected }) => ({ name, ...expected })),
    );
  });

  itWithGo(
    `an InferenceService is as healthy as Argo CD’s own script finds it, whatever its status ${needsGo}`,
    async () => {
      const objects = [service(), service({ transition: 'InvalidSpec' }), service({ conditions: [] }), ...combinations];
      const ours = await statuses(objects.map((object) => argo(object)));
      expect(ours).toEqual(await statuses(objects.map(argoByItself)));
      expect(new Set(ours)).toEqual(new Set(['Healthy', 'Progressing', 'Degraded', 'Suspended']));
    },
  );

  itWithGo(`it agrees about the objects that Argo CD tests its script with ${needsGo}`, async () => {
    const module = foreignCrdSets.find(({ name }) => name === 'argo-cd');
    if (module === undefined) throw new Error('no Go module of Argo CD in the table of sources');
    const folder = join(await downloadModule(module), 'resource_customizations');
    const cases = await casesOf(folder, 'serving.kserve.io', 'InferenceService');
    expect(cases.length).toBeGreaterThan(8);
    expect(await statuses(cases.map(({ object }) => argo(object)))).toEqual(
      cases.map(({ expected }) => expected.status),
    );
  });

  itWithGo(`a status without transitionStatus is no error, as it is in Argo CD’s script ${needsGo}`, async () => {
    const object = { ...service(), status: { modelStatus: {}, conditions: [{ type: 'Ready', status: 'True' }] } };
    expect(await statuses([argo(object), argoByItself(object)])).toEqual(['Healthy', 'error']);
  });

  itWithGo(
    `the strict check is never more lenient, and asks for Ready of the current generation ${needsGo}`,
    async () => {
      const strict = scriptsAsArgoHasThem(true);
      const lenientOnes = await statuses(combinations.map((object) => argo(object)));
      const strictOnes = await statuses(combinations.map((object) => argo(object, strict)));
      strictOnes.forEach((status, index) => {
        const lenient = lenientOnes[index] ?? '';
        expect(status === lenient || (status === 'Progressing' && lenient === 'Healthy')).toBe(true);
      });
      const conditions: Condition[] = [['Ready', 'True']];
      const questions = [
        service({ conditions, observedGeneration: 2 }),
        service({ conditions }),
        service({ conditions, observedGeneration: 1 }),
        service({ conditions: [['PredictorReady', 'True']] }),
      ];
      expect(await statuses(questions.map((object) => argo(object, strict)))).toEqual([
        'Healthy',
        'Healthy',
        'Progressing',
        'Progressing',
      ]);
      expect(await statuses(questions.map((object) => argo(object)))).toEqual(questions.map(() => 'Healthy'));
    },
  );

  itWithGo(`without our fragment Applications and runtimes have no health ${needsGo}`, async () => {
    const cases = await healthCases(fixtures);
    const others = cases.filter(({ kind }) => kind !== 'InferenceService');
    expect(others.length).toBeGreaterThan(8);
    expect(new Set(await statuses(others.map(({ object }) => argoByItself(object))))).toEqual(new Set(['none']));
  });
});

describe('in Flux’s own evaluator', () => {
  itWithGo(`the expressions come to the verdict of the script, whatever the status ${needsGo}`, async () => {
    for (const strict of [false, true]) {
      const objects = [service({ transition: 'InvalidSpec' }), service({ conditions: [] }), ...combinations];
      const scripts = await statuses(objects.map((object) => argo(object, scriptsAsArgoHasThem(strict))));
      expect(await statuses(objects.map((object) => flux(object, { strict })))).toEqual(
        scripts.map((status) => fluxFor[status]),
      );
    }
  });

  itWithGo(`the fixtures of every kind have the health that Argo CD sees ${needsGo}`, async () => {
    const cases = (await healthCases(fixtures)).filter(
      ({ kind, object }) =>
        kind !== 'Application' && (object['status'] !== undefined || ruleOf(kind).rule.from === 'existence'),
    );
    const found = await statuses(cases.map(({ kind, object }) => flux(object, { rule: ruleOf(kind) })));
    expect(found).toEqual(cases.map(({ expected }) => fluxFor[expected.status]));
  });

  itWithGo(
    `an object without a status is never taken for current, as it is without expressions ${needsGo}`,
    async () => {
      const [ours, without] = await verdicts([flux(service()), { tool: 'flux', object: service() }]);
      expect(ours?.error).toContain('no such attribute(s): status');
      expect(without).toEqual({ status: 'Current' });
    },
  );

  itWithGo(`a status about an older generation is still in progress ${needsGo}`, async () => {
    const conditions: Condition[] = [['Ready', 'True']];
    const questions = [1, 2].map((observedGeneration) => flux(service({ conditions, observedGeneration })));
    expect(await statuses(questions)).toEqual(['InProgress', 'Current']);
  });
});

describe('a rule for a kind to come', () => {
  const rule: HealthRule = {
    group: 'example.com',
    version: 'v1',
    kind: 'Run',
    rule: { from: 'conditions', failedWhenFalse: ['Succeeded'] },
  };
  const run = (succeeded: string) => ({
    apiVersion: 'example.com/v1',
    kind: 'Run',
    metadata: { name: 'run', namespace: 'models' },
    status: { conditions: [{ type: 'Succeeded', status: succeeded }] },
  });

  itWithGo(`can name conditions whose False is final ${needsGo}`, async () => {
    const objects = ['True', 'Unknown', 'False'].map(run);
    const lua = { 'example.com/Run': healthScript(rule, { strict: false }) };
    expect(await statuses(objects.map((object) => argo(object, lua)))).toEqual(['Healthy', 'Progressing', 'Degraded']);
    expect(await statuses(objects.map((object) => flux(object, { rule })))).toEqual([
      'Current',
      'InProgress',
      'Failed',
    ]);
  });
});
