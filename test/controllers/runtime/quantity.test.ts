import { sameQuantity } from '../../../controllers/runtime/quantity';

test.each([
  ['1000m', '1'],
  ['2048Mi', '2Gi'],
  [1, '1'],
  ['1e3', '1k'],
  ['1E', '1000P'],
  ['0.5', '500m'],
  ['1.5Gi', '1536Mi'],
  ['+1', '1.0'],
  ['-1', '-1000m'],
  ['100n', '0.0000001'],
  ['0', '0Mi'],
])('%s is the same amount as %s', (one, other) => {
  expect(sameQuantity(one, other)).toBe(true);
  expect(sameQuantity(other, one)).toBe(true);
});

test.each([
  ['1', '1Mi'],
  ['1M', '1Mi'],
  ['1', '-1'],
  ['1', undefined],
  ['much', 'more'],
  ['', '0'],
  ['.', '0'],
  ['1e999999999', '1e999999998'],
])('%s is another amount than %s', (one, other) => {
  expect(sameQuantity(one, other)).toBe(false);
});

test('what is no quantity is the same as itself only', () => {
  expect(sameQuantity('much', 'much')).toBe(true);
});
