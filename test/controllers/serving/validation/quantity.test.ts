import { compareQuantities } from '../../../../controllers/serving/validation/quantity';

it.each<[string | number, string | number, number | undefined]>([
  ['1Gi', '1024Mi', 0],
  ['1', 1, 0],
  ['1000m', '1', 0],
  ['1e3', '1k', 0],
  ['1E', '1e18', 0],
  ['.5Gi', '512Mi', 0],
  ['0', '-0', 0],
  ['9007199254740993', '9007199254740992', 1],
  ['1G', '1Gi', -1],
  ['-1', '1n', -1],
  ['1e1.5', '1', undefined],
  ['', '1', undefined],
  ['.', '1', undefined],
  ['1 Gi', '1', undefined],
  ['1e99999', '1', undefined],
  ['1'.repeat(101), '1', undefined],
])('%s against %s is %s', (left, right, order) => {
  expect(compareQuantities(left, right)).toBe(order);
});
