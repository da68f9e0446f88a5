const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Bytes that a quantity stands for: `4Mi`, `500k`, `1e6`, 1024.
 *
 * @returns undefined for what is no amount of at least one byte
 */
export function byteCount(quantity: string | number): number | undefined {
  const [, amount = '', unit = ''] = /^\+?([0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]{0,2})$/.exec(String(quantity)) ?? [];
  const bytes = Math.floor(Number(amount) * (units[unit] ?? NaN));
  return amount !== '' && bytes >= 1 ? bytes : undefined;
}
