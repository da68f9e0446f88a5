import type * as z from 'zod';
import { pageOf } from './answers';
import { RegistryError } from './registry-error';
import type { RegistryTransport } from './registry-transport';

/** What reading needs of a transport. */
export type RegistryRequests = Pick<RegistryTransport, 'baseUrl' | 'send' | 'read'>;

/** Reads one entity; `undefined` is a genuine 404. @throws RegistryError for every other failure */
export async function readOne<T>(
  requests: RegistryRequests,
  operation: string,
  path: string,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const answer = await requests.send(operation, 'GET', path, undefined, signal);
  return answer.status === 404 ? undefined : requests.read(operation, path, answer, schema);
}

/**
 * Reads a list page by page; nothing of a page is kept when the next one is asked for.
 *
 * @param parameters of every page, since the server's token remembers none of them
 * @throws RegistryError
 */
export async function* readAll<T extends z.ZodType>(
  requests: RegistryRequests,
  operation: string,
  path: string,
  schema: T,
  signal: AbortSignal,
  parameters: Readonly<Record<string, string>> = {},
): AsyncGenerator<z.output<T>> {
  let token: string | undefined;
  do {
    const query = new URLSearchParams({
      pageSize: '100',
      ...parameters,
      ...(token === undefined ? {} : { nextPageToken: token }),
    });
    const page = `${path}?${query.toString()}`;
    const answer = await requests.send(operation, 'GET', page, undefined, signal);
    const { items, nextPageToken } = requests.read(operation, page, answer, pageOf(schema));
    yield* items ?? [];
    // Its absence and an empty one both mean the last page.
    const next = nextPageToken === '' ? undefined : (nextPageToken ?? undefined);
    if (next !== undefined && next === token) {
      throw new RegistryError(
        'invalid-answer',
        operation,
        `${requests.baseUrl}/${path}`,
        'the list does not end, the token of its next page is the one that was sent',
      );
    }
    token = next;
  } while (token !== undefined);
}

/** The server matches names as SQL patterns, some databases without case: what it found may be something else. */
export function named<T extends { readonly name?: string | undefined }>(
  found: T | undefined,
  name: string,
): T | undefined {
  return found?.name === undefined || found.name === name ? found : undefined;
}
