import { like } from './like';

test.each([
  ['iris', 'iris', true],
  ['iris', 'my-iris', false],
  ['my_model', 'my-model', true],
  ['my\\_model', 'my-model', false],
  ['my\\_model', 'my_model', true],
  ['%:iris', '7:iris', true],
  ['%', '', true],
  ['_', '😀', true],
  ['a%c', 'a\nb\nc', true],
  ['a.c', 'abc', false],
  ['(a|b)*', '(a|b)*', true],
  ['ends\\', 'ends\\', true],
  ['IRIS', 'iris', false],
])('pattern %j on %j: %s', (pattern, text, matches) => {
  expect(like(pattern).test(text)).toBe(matches);
});

test('case can be ignored', () => {
  expect(like('IRIS-%', { ignoreCase: true }).test('iris-1')).toBe(true);
});
