import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { Expectations } from '../../../controllers/runtime/expectations';
import { Store } from '../../../controllers/runtime/store';
import { ManualClock } from './manual-clock';
import { storedObject } from './stored-object';

function setUp() {
  const clock = new ManualClock();
  const store = new Store<KubernetesObject>(() => undefined);
  return { clock, store, expectations: new Expectations(clock) };
}

it('holds a key until the store shows what it wrote', () => {
  const { store, expectations } = setUp();
  store.upsert(storedObject('iris', '5'));
  expectations.wrote('ml/iris', store, storedObject('iris', '7'));
  expect(expectations.holdsFor('ml/iris')).toBe(10_000);
  expect(expectations.holdsFor('ml/other')).toBe(0);
  expect(expectations.observe(store, storedObject('iris', '6'), false)).toEqual([]);
  expect(expectations.observe(store, storedObject('iris', '7'), false)).toEqual(['ml/iris']);
  expect(expectations.holdsFor('ml/iris')).toBe(0);
});

it('takes a later version for seen too, also with one digit more', () => {
  const { store, expectations } = setUp();
  expectations.wrote('key', store, storedObject('iris', '99'));
  expect(expectations.observe(store, storedObject('iris', '100'), false)).toEqual(['key']);
});

it('compares versions that are no numbers for equality only', () => {
  const { store, expectations } = setUp();
  expectations.wrote('key', store, storedObject('iris', 'abc'));
  expect(expectations.observe(store, storedObject('iris', 'abd'), false)).toEqual([]);
  expect(expectations.observe(store, storedObject('iris', 'abc'), false)).toEqual(['key']);
});

it('holds nothing when the watch was faster than the answer', () => {
  const { store, expectations } = setUp();
  store.upsert(storedObject('iris', '7'));
  expectations.wrote('key', store, storedObject('iris', '7'));
  expect(expectations.holdsFor('key')).toBe(0);
});

it('waits for all objects a reconcile wrote', () => {
  const { store, expectations } = setUp();
  expectations.wrote('key', store, storedObject('a', '1'));
  expectations.wrote('key', store, storedObject('b', '2'));
  expect(expectations.observe(store, storedObject('a', '1'), false)).toEqual([]);
  expect(expectations.observe(store, storedObject('b', '2'), false)).toEqual(['key']);
});

it('takes an object that somebody deleted for seen', () => {
  const { store, expectations } = setUp();
  expectations.wrote('key', store, storedObject('iris', '7'));
  expect(expectations.observe(store, storedObject('iris', '6'), true)).toEqual(['key']);
});

it('waits until an object it deleted is gone or shows its deletion', () => {
  const { store, expectations } = setUp();
  const iris = storedObject('iris', '7');
  store.upsert(iris);
  expectations.deleted('key', store, iris);
  expect(expectations.holdsFor('key')).toBeGreaterThan(0);
  expect(expectations.observe(store, storedObject('iris', '8'), false)).toEqual([]);
  const terminating = { metadata: { ...iris.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(expectations.observe(store, terminating, false)).toEqual(['key']);
});

it('lets the key run after ten seconds whatever the store shows', async () => {
  const { clock, store, expectations } = setUp();
  expectations.wrote('key', store, storedObject('iris', '7'));
  await clock.advance(9999);
  expect(expectations.holdsFor('key')).toBe(1);
  await clock.advance(1);
  expect(expectations.holdsFor('key')).toBe(0);
});
