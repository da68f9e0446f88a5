import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { Store } from '../../../controllers/runtime/store';
import { storedObject } from './stored-object';

function recordedStore() {
  const errors: unknown[] = [];
  const seen: string[] = [];
  const store = new Store<KubernetesObject>((error) => errors.push(error));
  const version = (object: KubernetesObject) => `${object.metadata.name}@${object.metadata.resourceVersion}`;
  store.subscribe({
    added: (object, initial) => seen.push(`${initial ? 'listed' : 'added'} ${version(object)}`),
    updated: (object, previous) => seen.push(`updated ${version(previous)} to ${version(object)}`),
    deleted: (object) => seen.push(`deleted ${version(object)}`),
  });
  return { store, seen, errors };
}

it('tells of objects that were added, updated and deleted, in this order', () => {
  const { store, seen } = recordedStore();
  store.upsert(storedObject('iris', '1'));
  store.upsert(storedObject('iris', '2'));
  store.remove(storedObject('iris', '3'));
  expect(seen).toEqual(['added iris@1', 'updated iris@1 to iris@2', 'deleted iris@3']);
  expect(store.size).toBe(0);
});

it('tells on a relist what was missed, and nothing of what is as it was', () => {
  const { store, seen } = recordedStore();
  store.replace([storedObject('gone', '1'), storedObject('same', '2'), storedObject('changed', '3')]);
  seen.length = 0;
  store.replace([storedObject('same', '2'), storedObject('changed', '4'), storedObject('new', '5')]);
  expect(seen).toEqual(['deleted gone@1', 'updated changed@3 to changed@4', 'listed new@5']);
});

it('has the whole new list before it tells of any change', () => {
  const { store } = recordedStore();
  store.replace([storedObject('a', '1'), storedObject('b', '1')]);
  const sizes: number[] = [];
  store.subscribe({ deleted: () => sizes.push(store.size) });
  store.replace([storedObject('c', '2')]);
  expect(sizes).toEqual([1, 1]);
});

it.each(['replace', 'upsert'] as const)(
  'tells that an object was deleted and made anew when its uid changed (%s)',
  (how) => {
    const { store, seen } = recordedStore();
    store.upsert(storedObject('iris', '1', 'first'));
    seen.length = 0;
    const second = storedObject('iris', '9', 'second');
    if (how === 'replace') store.replace([second]);
    else store.upsert(second);
    expect(seen).toEqual(['deleted iris@1', `${how === 'replace' ? 'listed' : 'added'} iris@9`]);
  },
);

it('shows what is there to a handler that comes late', () => {
  const { store } = recordedStore();
  store.upsert(storedObject('iris', '1'));
  const late: string[] = [];
  const unsubscribe = store.subscribe({ added: (object, initial) => late.push(`${object.metadata.name} ${initial}`) });
  unsubscribe();
  store.upsert(storedObject('wine', '2'));
  expect(late).toEqual(['iris true']);
});

it('goes on telling the others when a handler throws, and reports the error', () => {
  const { store, errors } = recordedStore();
  const told: string[] = [];
  store.subscribe({
    added: () => {
      throw new Error('broken handler');
    },
  });
  store.subscribe({ added: (object) => told.push(object.metadata.name) });
  store.upsert(storedObject('iris', '1'));
  expect(told).toEqual(['iris']);
  expect(errors).toEqual([new Error('broken handler')]);
});

it('finds objects by computed values through all changes', () => {
  const { store } = recordedStore();
  store.replace([storedObject('a', '1', 'even'), storedObject('b', '1', 'odd')]);
  const byUid = store.index('uid', ({ metadata }) => [metadata.uid ?? '']);
  const names = (uid: string) => byUid.get(uid).map(({ metadata }) => metadata.name);
  expect([names('even'), names('odd')]).toEqual([['a'], ['b']]);
  store.upsert(storedObject('c', '2', 'odd'));
  store.remove(storedObject('b', '3', 'odd'));
  expect([names('even'), names('odd')]).toEqual([['a'], ['c']]);
  store.replace([storedObject('d', '4', 'even')]);
  expect([names('even'), names('odd')]).toEqual([['d'], []]);
});

it('counts as listed after its first complete list, even of nothing', async () => {
  const { store } = recordedStore();
  store.upsert(storedObject('iris', '1'));
  expect(store.listed).toBe(false);
  store.replace([]);
  await store.whenListed();
  expect(store.listed).toBe(true);
});
