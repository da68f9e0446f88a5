import * as z from 'zod';
import { causeText } from '../../runtime/cause-text';
import { sleep } from '../../runtime/clock';
import { HttpClient, isConnectionError, isSuccess, isTransientStatus } from '../http/http-client';
import { retryDelayMs } from '../http/retry-delay';
import type { SourceContext } from '../source';
import { StorageError } from '../storage-error';
import type { ConfidentialSettings } from './confidential-settings';

/** Tries until a hub that does not answer counts as missing: it may still be starting, or attesting. */
const attempts = 5;

/**
 * Asks the Confidential Data Hub for the key. Never through a proxy: the hub is in the pod's own guest, and nobody outside may see the key.
 *
 * @throws StorageError
 */
export async function resourceKey(
  { resourceId, keyUrl }: ConfidentialSettings,
  { clock, random }: Pick<SourceContext, 'clock' | 'random'>,
  signal: AbortSignal,
): Promise<Buffer> {
  const times = { connectTimeoutMs: 15_000, readTimeoutMs: 30_000, attempts };
  const http = new HttpClient({ environment: {}, clock, random, ...times });
  const failed = (cause: string) =>
    new StorageError('other', `Failed to retrieve key from CDH: ${resourceId} from ${keyUrl}: ${cause}`);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const chunks: Buffer[] = [];
      const isLast = attempt >= attempts;
      try {
        const sink = { begin: () => undefined, data: (chunk: Buffer) => void chunks.push(chunk) };
        const { status } = await http.download({ url: keyUrl }, sink, signal);
        if (isSuccess(status)) return keyOf(Buffer.concat(chunks), failed);
        // The body is not shown: nobody knows what is in it.
        if (isLast || !isTransientStatus(status)) throw failed(`it answered ${status}`);
      } catch (error) {
        if (signal.aborted || !isConnectionError(error)) throw error;
        if (isLast) throw failed(causeText(error));
      }
      await sleep(clock, retryDelayMs(attempt, undefined, { clock, random }), signal);
      signal.throwIfAborted();
    }
  } finally {
    await http.close();
  }
}

const jwkSchema = z.object({ kty: z.literal('oct'), k: z.string().min(1) });

/** A key as KServe takes it: a JSON Web Key, its `k` alone in Base64url, or bytes that are no text. */
function keyOf(bytes: Buffer, failed: (cause: string) => StorageError): Buffer {
  if (bytes.length === 0) throw failed('the key is empty');
  const text = bytes.toString('utf8').trim();
  if (text.includes('\uFFFD')) return bytes;
  if (!text.startsWith('{')) return Buffer.from(text, 'base64url');
  try {
    return Buffer.from(jwkSchema.parse(JSON.parse(text)).k, 'base64url');
  } catch {
    throw failed('it is no symmetric JSON Web Key (kty oct)');
  }
}
