import { stopAnnotation } from '../../../../definitions/names/serving';
import { statuses } from '../../../charts-src/gitops/verdicts';
import { itWithGo, needsGo } from '../../../charts-src/import/go-toolchain';
import { goInstalled } from '../../../cluster/binaries/go-build';
import { waitFor } from '../../../cluster/wait-for';
import type { PodFate } from '../../../doubles/kubelet/pod-life';
import { buildTimeout, goProgram } from '../../../tools/go-programs';
import { ServingInstallation, type WrittenInferenceService } from '../serving-installation';
import { created, namespaceWithRuntime, tensorflowSpec } from './subjects';

/** Argo CD's own script over statuses that a running controller wrote, read back from the API server. */
let installation: ServingInstallation;

/** What becomes of pods that are made from now on. */
let fate: PodFate = { fate: 'serves' };
const crash: PodFate = { fate: 'crashes', message: 'Invalid SavedModel', exitCode: 3, reason: 'Error' };

beforeAll(async () => {
  if (await goInstalled()) await goProgram('argo-lua');
}, buildTimeout);
beforeAll(async () => {
  installation = await ServingInstallation.make({ kubelet: { fateOf: () => fate } });
  await installation.start();
}, 120_000);
afterAll(() => installation?.close());

const custom = { containers: [{ name: 'kserve-container', image: 'example/custom:1' }] };
/** As the webhook for pods would have put it there: something that takes its time. */
const fetching = { initContainers: [{ name: 'storage-initializer', image: 'fetch:1' }] };

const variants: readonly (readonly [string, object])[] = [
  ['a predictor', tensorflowSpec({}, fetching)],
  ['with a transformer', { ...tensorflowSpec({}, fetching), transformer: custom }],
  ['with an explainer', { ...tensorflowSpec({}, fetching), explainer: custom }],
  ['with a model from an OCI image', tensorflowSpec({ storageUri: 'oci://registry.example.com/model:1' }, fetching)],
];

async function healthOf(object: WrittenInferenceService): Promise<string> {
  const [health = ''] = await statuses([{ tool: 'argo-cd', object: await installation.cluster.get(object) }]);
  return health;
}

const becomes = (object: WrittenInferenceService, scene: string, expected: string) =>
  waitFor(
    `${scene} to be ${expected}`,
    async () => {
      const health = await healthOf(object);
      if (health === expected) return true;
      throw new Error(`it is ${health}: ${JSON.stringify((await installation.stored(object))?.status)}`);
    },
    { timeout: 30_000, interval: 200 },
  );

/** Its pods come anew, and meet the present fate. */
async function replacePods({ metadata: { namespace } }: WrittenInferenceService): Promise<void> {
  for (const { metadata } of await installation.pods(namespace)) {
    await installation.cluster.remove({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: metadata?.name ?? '' },
    });
  }
}

describe.each(variants)('%s', (_name, spec) => {
  itWithGo(
    `is seen by Argo CD as it is, from its start until it is resumed ${needsGo}`,
    async () => {
      fate = { fate: 'fetches' };
      const namespace = await namespaceWithRuntime(installation, 'health');
      const iris = await created(installation, namespace, 'iris', { spec });
      await becomes(iris, 'starting', 'Progressing');
      const patch = (change: object) => installation.cluster.patch(iris, change);

      fate = { fate: 'serves' };
      await replacePods(iris);
      await becomes(iris, 'ready', 'Healthy');

      fate = crash;
      await replacePods(iris);
      await becomes(iris, 'a model that does not load', 'Degraded');

      fate = { fate: 'serves' };
      await replacePods(iris);
      await becomes(iris, 'ready again', 'Healthy');
      await patch({ spec: { predictor: { model: { runtime: 'nobody' } } } });
      await becomes(iris, 'an unknown runtime', 'Degraded');

      await patch({ spec: { predictor: { model: { runtime: 'tf-serving' } } } });
      await becomes(iris, 'ready a third time', 'Healthy');
      await patch({ metadata: { annotations: { [stopAnnotation]: 'true' } } });
      await becomes(iris, 'stopped', 'Suspended');

      fate = { fate: 'fetches' };
      await patch({ metadata: { annotations: { [stopAnnotation]: null } } });
      await becomes(iris, 'resumed', 'Progressing');
      fate = { fate: 'serves' };
      await replacePods(iris);
      await becomes(iris, 'ready at last', 'Healthy');
    },
    120_000,
  );
});
