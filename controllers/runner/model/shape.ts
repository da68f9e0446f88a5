/**
 * Brings the dimensions that an item has to those that a tensor wants, both without the batch.
 *
 * @param wanted -1 is any length
 * @returns the dimensions of the item in the tensor: with the dimensions of 1 at the end that are wanted, or those wanted when the item
 *   is the same number of values in one row; `undefined` when they don't fit
 */
export function fittingDimensions(own: readonly number[], wanted: readonly number[]): readonly number[] | undefined {
  if (own.length <= wanted.length) {
    const [leading, trailing] = [wanted.slice(0, own.length), wanted.slice(own.length)];
    const leads = leading.every((length, position) => length === -1 || length === own[position]);
    if (leads && trailing.every((length) => length === 1 || length === -1)) return [...own, ...trailing.map(() => 1)];
  }
  return own.length === 1 ? folded(own[0] ?? 0, wanted) : undefined;
}

/** The row of an item as the rows and columns that are wanted. */
function folded(count: number, wanted: readonly number[]): readonly number[] | undefined {
  const known = size(wanted.filter((length) => length !== -1));
  const open = wanted.filter((length) => length === -1).length;
  if (open === 0) return known === count ? wanted : undefined;
  // With two open lengths there is no telling where a row ends.
  if (open > 1 || known === 0 || count % known !== 0) return undefined;
  return wanted.map((length) => (length === -1 ? count / known : length));
}

/** Number of values of a shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
