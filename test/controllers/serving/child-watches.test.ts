import { childWatches } from '../../../controllers/serving/child-watches';
import { servingStores } from '../../../controllers/serving/serving-stores';
import { slimIngress, withoutForeignContent, withoutStatus } from '../../../controllers/serving/slim-children';
import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { appliedAnnotation } from '../../../definitions/names/serving';
import { Store } from '../../../controllers/runtime/store';

const owner = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  name: 'iris',
  uid: '1',
  controller: true,
};

const child = (resourceVersion: string, more: object = {}, metadata: object = {}) =>
  ({
    metadata: { name: 'iris', namespace: 'ml', uid: '2', resourceVersion, ownerReferences: [owner], ...metadata },
    spec: { maxReplicas: 3 },
    ...more,
  }) as KubernetesObject;

/** Stores that are filled by hand, and the keys that their changes woke. */
function watched() {
  const manager = {
    store: () =>
      new Store<KubernetesObject>((error) => {
        throw error;
      }),
  };
  const stores = servingStores(manager as unknown as Parameters<typeof servingStores>[0], 'kserve');
  const woken: string[] = [];
  for (const watch of childWatches(stores)) watch.subscribe((keys) => woken.push(...keys));
  const upsert = (store: Store<never>, object: KubernetesObject) => store.upsert(object as never);
  return { stores, woken, upsert };
}

describe('a change of a child', () => {
  it('wakes its InferenceService', () => {
    const { stores, woken, upsert } = watched();
    upsert(stores.autoscalers.store as Store<never>, child('2'));
    upsert(stores.autoscalers.store as Store<never>, child('3', { spec: { maxReplicas: 4 } }));
    upsert(stores.ingresses.store as Store<never>, child('4'));
    expect(woken).toEqual(['ml/iris', 'ml/iris', 'ml/iris']);
  });

  it('wakes the one that loses it, and nobody when only a status that is not kept has changed', () => {
    const { stores, woken, upsert } = watched();
    upsert(stores.autoscalers.store as Store<never>, child('2'));
    upsert(stores.autoscalers.store as Store<never>, child('3'));
    expect(woken).toEqual(['ml/iris']);
    upsert(stores.autoscalers.store as Store<never>, child('4', {}, { ownerReferences: [] }));
    expect(woken).toEqual(['ml/iris', 'ml/iris']);
  });
});

describe('what is kept of children', () => {
  it('is no status of an autoscaler', () => {
    const autoscaler = child('2', { status: { currentReplicas: 2 } });
    withoutStatus(autoscaler);
    expect(autoscaler).toEqual(child('2'));
  });

  it('is all of an Ingress of ours but its status, also when its owner has been taken from it', () => {
    for (const metadata of [{}, { ownerReferences: [], annotations: { [appliedAnnotation]: 'digest' } }]) {
      const ingress = child('2', { status: { loadBalancer: {} } }, metadata);
      slimIngress(ingress);
      expect(ingress).toEqual(child('2', {}, metadata));
    }
  });

  it('is whose it is of an object of somebody else', () => {
    const ownerReferences = [{ ...owner, kind: 'Application' }];
    const foreign = child('2', { status: {} }, { ownerReferences, annotations: { note: 'long' } });
    withoutForeignContent(foreign);
    expect(foreign).toEqual({
      metadata: { name: 'iris', namespace: 'ml', uid: '2', resourceVersion: '2', ownerReferences },
    });
  });
});
