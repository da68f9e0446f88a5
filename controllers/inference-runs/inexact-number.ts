/** Most that a whole number of 64 bits can be; larger ones are meant as numbers with a fraction. */
const largestWhole = 2 ** 64;

/**
 * Where the first whole number is that JSON as programs read it can't hold: the digits behind the sixteenth are others than were written.
 *
 * @returns path below the value, `.items[3].id`; undefined when there is none
 */
export function inexactNumber(value: unknown): string | undefined {
  if (typeof value === 'number') return isInexact(value) ? '' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const below = inexactNumber(member);
    if (below !== undefined) return `${Array.isArray(value) ? `[${name}]` : `.${name}`}${below}`;
  }
  return undefined;
}

function isInexact(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) <= largestWhole;
}
