import { canonicalQuantity } from '../kubernetes/canonical-quantity';
import type { Json, JsonMap } from '../kubernetes/manifest';

const units = ['', 'k', 'm', 'g', 't', 'p', 'e'];

/** Quantities of a map as the API server writes them. What is no quantity stays, for the API server to refuse. */
export function withQuantities(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).map(([name, amount]) => [name, canonical(amount) ?? amount]));
}

/** How many bytes a quantity of storage is, for comparison; undefined for what is no quantity. */
export function bytesOf(amount: Json | undefined): number | undefined {
  const [, count, unit = '', binary = ''] = /^(\d+)([kKMGTPE]?)(i?)$/.exec(canonical(amount) ?? '') ?? [];
  const power = units.indexOf(unit.toLowerCase());
  return count === undefined ? undefined : Number(count) * (binary === '' ? 1000 : 1024) ** power;
}

function canonical(amount: Json | undefined): string | undefined {
  if (typeof amount !== 'string' && typeof amount !== 'number') return undefined;
  try {
    return canonicalQuantity(String(amount));
  } catch {
    return undefined;
  }
}
