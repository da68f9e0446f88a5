/** Beginning of the names of staging directories in a destination. */
export const partialPrefix = '.partial-';

/** File in a destination that says what was fetched into it. Model servers pass over names that begin with a dot. */
export const markerName = '.slipway-fetched.json';

/**
 * Whether a name directly below the destination is one that we keep notes under: a model that brought its own notes could have the next
 * run believe that another one is there already.
 */
export function isOwnName(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith(partialPrefix) || lower.startsWith(markerName);
}
