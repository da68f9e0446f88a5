const factors: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
};
const binaryFactors: Readonly<Record<string, bigint>> = {
  '': 10n ** 9n,
  Ki: 2n ** 10n * 10n ** 9n,
  Mi: 2n ** 20n * 10n ** 9n,
  Gi: 2n ** 30n * 10n ** 9n,
  Ti: 2n ** 40n * 10n ** 9n,
  Pi: 2n ** 50n * 10n ** 9n,
  Ei: 2n ** 60n * 10n ** 9n,
};

/**
 * A quantity as the API server writes it: the largest unit that needs no fraction (`1000m` is `1`, `2048Mi` is `2Gi`,
 * `0.5` is `500m`). Rendered otherwise, tools that compare see a difference for ever.
 *
 * @throws for what is not a non-negative quantity of decimal or binary units
 */
export function canonicalQuantity(text: string): string {
  const [, whole = '', fraction = '', unit = ''] = /^(\d+)(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]?)$/.exec(text) ?? [];
  const table = unit.endsWith('i') ? binaryFactors : factors;
  const factor = table[unit];
  if (whole === '' || factor === undefined) throw new Error(`got "${text}", not a quantity such as 500m, 2 or 1.5Gi`);
  // Counted in nanos, the smallest unit there is; the API server rounds up as well.
  const scaled = BigInt(whole + fraction) * factor;
  const divisor = 10n ** BigInt(fraction.length);
  const nanos = (scaled + divisor - 1n) / divisor;
  if (nanos === 0n) return '0';
  // A fraction of a byte has no binary unit: it is written in decimal ones.
  const units = Object.entries(table).reverse();
  const largest = [...units, ...Object.entries(factors).reverse()].find(([, size]) => nanos % size === 0n);
  return largest === undefined ? `${nanos}n` : `${nanos / largest[1]}${largest[0]}`;
}
