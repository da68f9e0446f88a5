import { isNativeError } from 'node:util/types';

/** Code of an error of the system: `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = isNativeError(error) ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What to do with a file that is not there: nothing. Other errors are thrown again. */
export function ignoreMissing(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT') return undefined;
  throw error;
}
