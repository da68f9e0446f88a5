/** A quantity as mantissa × 10^ten × 2^two, without loss. */
interface Exact {
  readonly mantissa: bigint;
  readonly ten: number;
  readonly two: number;
}

/** Longer text is no quantity that anybody means, and costs time. */
const longest = 100;

const written = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:([KMGTPE])i|([numkMGTPE])|[eE]([+-]?[0-9]{1,4}))?$/;
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary: Readonly<Record<string, number>> = { K: 10, M: 20, G: 30, T: 40, P: 50, E: 60 };

/**
 * Compares two quantities by value: `1Gi` and `1024Mi` are equal.
 *
 * @returns below 0, 0 or above 0 as for `sort`; `undefined` when one is no quantity
 */
export function compareQuantities(left: string | number, right: string | number): number | undefined {
  const [a, b] = [exact(left), exact(right)];
  if (a === undefined || b === undefined) return undefined;
  const ten = Math.min(a.ten, b.ten);
  const two = Math.min(a.two, b.two);
  const scaled = ({ mantissa, ...is }: Exact) => mantissa * 10n ** BigInt(is.ten - ten) * 2n ** BigInt(is.two - two);
  const [x, y] = [scaled(a), scaled(b)];
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

function exact(quantity: string | number): Exact | undefined {
  const text = String(quantity);
  if (text.length > longest) return undefined;
  const [match, sign, whole = '', fraction = '', power, prefix, exponent] = written.exec(text) ?? [];
  if (match === undefined || whole + fraction === '') return undefined;
  const mantissa = BigInt(whole + fraction);
  return {
    mantissa: sign === '-' ? -mantissa : mantissa,
    ten: Number(exponent ?? 0) + (decimal[prefix ?? ''] ?? 0) - fraction.length,
    two: binary[power ?? ''] ?? 0,
  };
}
