/**
 * A value with the members of its maps in the order of their names, at every depth: equal values become equal texts. Values are those
 * of JSON.
 */
export function sortedMembers<T>(value: T): T;
export function sortedMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => sortedMembers<unknown>(each));
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]): [string, unknown] => [name, sortedMembers<unknown>(member)]),
  );
}
