import { readFileSync } from 'node:fs';
import { causeText } from './cause-text';
import type { Clock } from './clock';

/** The kubelet replaces a token long before its end; a person who replaces one by hand waits for this. */
const rereadAfterMs = 5_000;

/**
 * A token that lies in a file and rotates. Read at most every five seconds.
 *
 * @returns a function that gives the token
 * @throws Error naming the file when it can't be read or is empty
 */
export function tokenFile(file: string, clock: Clock): () => Promise<string> {
  let read: { readonly token: Promise<string>; readonly at: number } | undefined;
  return async () => {
    if (read === undefined || clock.monotonic() - read.at >= rereadAfterMs) {
      const token = readToken(file);
      read = { token, at: clock.monotonic() };
      // A file that could not be read is tried again by the next request.
      token.catch(() => (read = undefined));
    }
    return read.token;
  };
}

async function readToken(file: string): Promise<string> {
  let text: string;
  try {
    // In memory, where the kubelet puts it; Node's promises of files take 10 ms to load.
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`reading token file ${file}: ${causeText(error)}`, { cause: error });
  }
  const token = text.trim();
  if (token === '') throw new Error(`reading token file ${file}: it is empty`);
  return token;
}
