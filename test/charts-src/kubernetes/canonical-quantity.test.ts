import { canonicalQuantity } from '../../../charts-src/kubernetes/canonical-quantity';

describe('a quantity in canonical form', () => {
  it.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['10m', '10m'],
    ['1000', '1k'],
    ['1.5M', '1500k'],
    ['2048Mi', '2Gi'],
    ['1.5Gi', '1536Mi'],
    ['64Mi', '64Mi'],
    ['0.5Ki', '512'],
    ['0', '0'],
    ['0Mi', '0'],
    ['0.1n', '1n'],
    ['9007199254740993', '9007199254740993'],
  ])('writes %s as %s', (given, expected) => {
    expect(canonicalQuantity(given)).toBe(expected);
  });

  it.each(['', 'lots', '-1', '1 Gi', '1gi', 'Mi', '1e3'])('refuses "%s", naming it', (given) => {
    expect(() => canonicalQuantity(given)).toThrow(`got "${given}", not a quantity such as 500m, 2 or 1.5Gi`);
  });
});
