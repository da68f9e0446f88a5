import { isDeepStrictEqual } from 'node:util';
import { inferenceServices } from '../../../../definitions/serving/inference-service';
import { goInstalled } from '../../../cluster/binaries/go-build';
import { itWithGo, needsGo } from '../../../charts-src/import/go-toolchain';
import { statuses } from '../../../charts-src/gitops/verdicts';
import { buildTimeout, goProgram } from '../../../tools/go-programs';
import { factsOf, history, type Scene, type Told, variants } from './scenes';
import { inferenceServiceStatus } from '../../../../controllers/serving/status/inference-service-status';
import { conditionsOf } from '../../../../controllers/serving/status/stored-status';
import { start } from './cluster-facts';

beforeAll(async () => {
  if (await goInstalled()) await goProgram('argo-lua');
}, buildTimeout);

const life: readonly Scene[] = [
  ...(['starting', 'ready', 'load failed', 'fixed', 'ready', 'invalid', 'starting', 'ready'] as const),
  ...(['stopped', 'resumed', 'ready'] as const),
];

/** What Argo CD is to see; in the first scene nothing has been before, in all others everything. */
const argoHealth: Readonly<Record<Scene, string>> = {
  starting: 'Progressing',
  ready: 'Healthy',
  'load failed': 'Degraded',
  fixed: 'Progressing',
  invalid: 'Degraded',
  stopped: 'Suspended',
  resumed: 'Progressing',
};

const objectOf = ({ status, generation }: Told) => ({
  apiVersion: `${inferenceServices.group}/${inferenceServices.version}`,
  kind: inferenceServices.kind,
  metadata: { name: 'iris', namespace: 'models', generation },
  spec: { predictor: {} },
  status,
});

/** Flux's rule: another generation or Ready other than True is in progress; an object without conditions would be current. */
function kstatus({ status, generation }: Told): string {
  if (status.observedGeneration !== generation) return 'InProgress';
  const ready = conditionsOf(status).find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True' ? 'Current' : 'InProgress';
}

describe.each(Object.entries(variants))('the life of %s', (_name, variant) => {
  const told = history(life, variant);

  itWithGo(`is seen by Argo CD’s own script as it is ${needsGo}`, async () => {
    const seen = await statuses(told.map((one) => ({ tool: 'argo-cd', object: objectOf(one) })));
    expect(told.map(({ scene }, index) => [scene, seen[index]])).toEqual(
      life.map((scene) => [scene, argoHealth[scene]]),
    );
  });

  itWithGo(`is seen by Argo CD in the same way when its first scene is its only one ${needsGo}`, async () => {
    const scenes = Object.keys(argoHealth) as Scene[];
    const alone = scenes.flatMap((scene) => history([scene], variant));
    const seen = await statuses(alone.map((one) => ({ tool: 'argo-cd', object: objectOf(one) })));
    expect(Object.fromEntries(scenes.map((scene, index) => [scene, seen[index]]))).toEqual(argoHealth);
  });

  it('is current for kubectl wait and kstatus when it is ready, and in progress otherwise (§17 row 16)', () => {
    expect(told.map(kstatus)).toEqual(life.map((scene) => (scene === 'ready' ? 'Current' : 'InProgress')));
  });

  itWithGo(`is seen by Flux’s own kstatus by that rule ${needsGo}`, async () => {
    expect(await statuses(told.map((one) => ({ tool: 'flux', object: objectOf(one) })))).toEqual(told.map(kstatus));
  });

  it('has nothing False or Unknown but Stopped while it is ready, and always a transition (§17 row 57)', () => {
    for (const { scene, status } of told) {
      const flaws = conditionsOf(status).filter((one) => one.status !== 'True' && one.type !== 'Stopped');
      expect(flaws.length === 0).toBe(scene === 'ready');
      if (scene === 'stopped') expect(status.modelStatus).toBeUndefined();
      else expect(status.modelStatus?.transitionStatus).toBeTruthy();
    }
  });

  it('is written once for each change: the same facts later give the very same status', () => {
    for (const [index, { scene, status, generation }] of told.entries()) {
      const facts = { ...factsOf(scene, variant), before: status, generation };
      const again = inferenceServiceStatus(facts, start + index * 60_000 + 30_000);
      expect(again).toBe(status);
      expect(isDeepStrictEqual(status, told[index - 1]?.status)).toBe(false);
    }
  });
});
