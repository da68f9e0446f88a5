import type { V1ConfigMap } from '@kubernetes/client-node';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { Store } from '../../../controllers/runtime/store';
import { LiveConfig } from '../../../controllers/serving/config/live-config';
import { ImageVolumeAdvice } from '../../../controllers/serving/image-volume-advice';
import type { KubernetesVersion } from '../../../controllers/serving/image-volume-support';

const native = '{"ociModelMode": "native"}';

/** A controller that has just started. */
function started(storageInitializer: string, minor: string | undefined = '32') {
  const store = new Store<Stored<V1ConfigMap>>((error) => {
    throw error;
  });
  const config = new LiveConfig(store, () => undefined);
  let writes = 0;
  const write = (text: string) => {
    writes += 1;
    const metadata = { name: 'c', namespace: 'kserve', uid: '1', resourceVersion: String(writes) };
    store.upsert({ metadata, data: { storageInitializer: text } });
  };
  const version: { now: KubernetesVersion | undefined } = {
    now: minor === undefined ? undefined : { major: '1', minor },
  };
  write(storageInitializer);
  const advice = new ImageVolumeAdvice(config, { current: async () => version.now });
  const messageFor = async (object: InferenceService) => (await advice.noteFor(object))?.note;
  return { advice, write, version, messageFor, remove: () => store.replace([]) };
}

const iris = (generation: number, observedGeneration?: number, uid = 'iris'): InferenceService => ({
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  metadata: { name: 'iris', namespace: 'models', uid, generation },
  spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/iris' } } },
  ...(observedGeneration === undefined ? {} : { status: { observedGeneration } }),
});

describe('advice about image volumes', () => {
  it('is an event of little weight, on an object whose URI may be of another kind', async () => {
    const { advice } = started(native);
    expect(await advice.noteFor(iris(1))).toEqual({
      type: 'Normal',
      reason: 'OciImageVolumeCompatible',
      note: expect.stringContaining('Cluster K8s 1.32 (alpha)') as unknown,
    });
  });

  it.each(['{}', '{"ociModelMode": "fetch"}', '{"enableOciModelSupport": true}', 'no JSON'])(
    'is not given where the platform says %s',
    async (settings) => {
      expect(await started(settings).advice.noteFor(iris(1))).toBeUndefined();
    },
  );

  it('is not given where the cluster has all, or nobody knows', async () => {
    expect(await started(native, '35').advice.noteFor(iris(1))).toBeUndefined();
    const unknown = started(native);
    unknown.version.now = undefined;
    expect(await unknown.advice.noteFor(iris(1))).toBeUndefined();
  });

  it('is given once for each generation of each object', async () => {
    const { messageFor } = started(native);
    expect(await messageFor(iris(1))).toBeDefined();
    expect(await messageFor(iris(1, 1))).toBeUndefined();
    expect(await messageFor(iris(1, 1, 'rose'))).toBeUndefined();
    expect(await messageFor(iris(1, undefined, 'lily'))).toBeDefined();
    expect(await messageFor(iris(2, 1))).toBeDefined();
    expect(await messageFor(iris(2, 2))).toBeUndefined();
  });

  it('is not given anew after a restart', async () => {
    expect(await started(native).messageFor(iris(3, 3))).toBeUndefined();
  });

  it('is given to everybody when images become the way of the platform', async () => {
    const { messageFor, write } = started('{}');
    expect(await messageFor(iris(1, 1))).toBeUndefined();
    write(native);
    expect(await messageFor(iris(1, 1))).toBeDefined();
    expect(await messageFor(iris(1, 1))).toBeUndefined();
    write('{}');
    expect(await messageFor(iris(1, 1))).toBeUndefined();
    write(native);
    expect(await messageFor(iris(1, 1))).toBeDefined();
  });

  it('is given again when a new version of Kubernetes makes it another one', async () => {
    const { messageFor, version } = started(native);
    await messageFor(iris(1));
    version.now = { major: '1', minor: '33' };
    expect(await messageFor(iris(1, 1))).toContain('1.33');
    version.now = { major: '1', minor: '35' };
    expect(await messageFor(iris(1, 1))).toBeUndefined();
  });

  it('stands while the version or the settings can not be read', async () => {
    const { messageFor, version, remove, write } = started(native);
    const told = version.now;
    await messageFor(iris(1));
    version.now = undefined;
    expect(await messageFor(iris(1, 1))).toBeUndefined();
    version.now = told;
    remove();
    expect(await messageFor(iris(1, 1))).toBeUndefined();
    write(native);
    expect(await messageFor(iris(1, 1))).toBeUndefined();
  });

  it('knows nothing of an object that is gone', async () => {
    const { advice, messageFor } = started(native);
    await messageFor(iris(1));
    advice.forget('iris');
    expect(await messageFor(iris(1))).toBeDefined();
  });
});
