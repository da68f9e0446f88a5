const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/;

const binaryExponents: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
/** The API server rounds finer quantities up to nano; this much is kept exactly. */
const digits = 30;

/**
 * Whether two quantities are the same amount, however they are written: `1000m` and `1`, `2048Mi` and `2Gi`, `1e3` and `1k`.
 * What is no quantity is compared as text.
 */
export function sameQuantity(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const [a, b] = [amount(one), amount(other)];
  return a !== undefined && a === b;
}

/** The amount in units of 10⁻³⁰. */
function amount(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const [, sign, whole = '', fraction = '', binary, decimal, exponent] = form.exec(String(value)) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const ten = decimal === undefined ? Number(exponent ?? 0) : (decimalExponents[decimal] ?? 0);
  const power = digits + ten - fraction.length;
  // Beyond what any amount needs; a malicious exponent would cost memory.
  if (power < 0 || power > 3 * digits) return undefined;
  const shift = binary === undefined ? 0n : (binaryExponents[binary] ?? 0n);
  const units = (BigInt(whole + fraction) * 10n ** BigInt(power)) << shift;
  return sign === '-' ? -units : units;
}
