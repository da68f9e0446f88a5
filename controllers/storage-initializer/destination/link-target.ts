/**
 * The components of a path from its root on that the target of a link goes through, as far as that can be said without looking: `..` takes
 * the component before away. Leading ones climb from the directory of the link.
 *
 * @param directory components of the link's directory
 * @returns the directories that the target enters and leaves again, and whether it leaves the root on the way, even if it comes back
 */
export function walkTarget(
  directory: readonly string[],
  target: string,
): { readonly leaves: boolean; readonly turns: readonly (readonly string[])[] } {
  const at = [...directory];
  const turns: string[][] = [];
  let descended = 0;
  for (const component of target.split('/')) {
    if (component === '' || component === '.') continue;
    if (component !== '..') {
      at.push(component);
      descended += 1;
      continue;
    }
    if (descended > 0) {
      turns.push([...at]);
      descended -= 1;
    }
    if (at.pop() === undefined) return { leaves: true, turns };
  }
  return { leaves: false, turns };
}
