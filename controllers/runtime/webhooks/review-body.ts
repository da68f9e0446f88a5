import type { IncomingMessage } from 'node:http';

/** More bytes than a review can have. */
export class BodyTooLarge extends Error {
  constructor(limit: number) {
    super(`reading an AdmissionReview: the request body is larger than ${limit} bytes`);
    this.name = 'BodyTooLarge';
  }
}

/**
 * Reads a request's body; what is over the limit is not kept.
 *
 * @param limit bytes
 * @throws BodyTooLarge; Error when the connection breaks or the signal aborts
 */
export async function readBody(request: IncomingMessage, limit: number, signal: AbortSignal): Promise<string> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) throw new BodyTooLarge(limit);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let size = 0;
  const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) reject(new BodyTooLarge(limit));
    else chunks.push(chunk);
  });
  request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  request.once('error', reject);
  request.once('close', () => reject(new Error('reading an AdmissionReview: the connection broke')));
  signal.addEventListener('abort', abort);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    request.removeAllListeners('data');
  }
}
