import { layerEntry, linkTarget } from '../../../../../controllers/storage-initializer/sources/oci/models-directory';

test.each([
  ['models/a/b', { kind: 'model', path: 'a/b' }],
  ['./models/a', { kind: 'model', path: 'a' }],
  ['/models/a/', { kind: 'model', path: 'a' }],
  ['models/../etc/passwd', { kind: 'model', path: '../etc/passwd' }],
  ['models/', { kind: 'root' }],
  ['models', { kind: 'root' }],
  ['models-other/a', { kind: 'elsewhere' }],
  ['etc/models/a', { kind: 'elsewhere' }],
  ['etc/../models/a', { kind: 'elsewhere' }],
  ['models/.wh.a', { kind: 'removed', path: 'a' }],
  ['models/a/.wh.b', { kind: 'removed', path: 'a/b' }],
  ['models/a/.wh..wh..opq', { kind: 'emptied', path: 'a' }],
  ['models/.wh..wh..opq', { kind: 'emptied', path: '' }],
  ['.wh.models', { kind: 'emptied', path: '' }],
  ['.wh..wh..opq', { kind: 'emptied', path: '' }],
  ['models/.wh..wh.plnk', { kind: 'elsewhere' }],
])('%s of a layer is %j', (name, entry) => {
  expect(layerEntry(name)).toEqual(entry);
});

test.each([
  ['a', 'b', 'b'],
  ['a/b', '../c', '../c'],
  ['a/b', '/models/c', '../c'],
  ['a', '/models/', '.'],
  ['a', '../models/c/d', 'c/d'],
  ['a', '/opt/models/c', '/opt/models/c'],
  ['a', '../etc/passwd', '../etc/passwd'],
  ['a', '/models/../etc', '/models/../etc'],
])('a link %s to %s leads to %s', (path, target, inModel) => {
  expect(linkTarget(path, target)).toBe(inModel);
});
