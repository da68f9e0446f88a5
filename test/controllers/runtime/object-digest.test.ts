import { objectDigest } from '../../../controllers/runtime/object-digest';

const object = {
  metadata: { name: 'iris', labels: { a: '1', b: '2' } },
  spec: { ports: [{ port: 80 }, { port: 81 }] },
};

test('the order of members and members that are undefined make no difference', () => {
  const turned = {
    spec: { ports: [{ port: 80, name: undefined }, { port: 81 }], clusterIP: undefined },
    metadata: { labels: { b: '2', a: '1' }, name: 'iris' },
  };
  expect(objectDigest(turned)).toBe(objectDigest(object));
});

test.each([
  ['a member less', { ...object, spec: {} }],
  ['a member more', { ...object, status: {} }],
  ['another order of a list', { ...object, spec: { ports: [{ port: 81 }, { port: 80 }] } }],
  ['a number as text', { ...object, spec: { ports: [{ port: '80' }, { port: 81 }] } }],
  ['null', { ...object, spec: null }],
])('%s makes a difference', (_name, other) => {
  expect(objectDigest(other)).not.toBe(objectDigest(object));
});

test('texts can not be moved from one member to the next', () => {
  expect(objectDigest({ a: 'b","c":"d' })).not.toBe(objectDigest({ a: 'b', c: 'd' }));
});
