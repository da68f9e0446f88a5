import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What can go wrong with one request on its way. */
export type Fault =
  /** The proxy answers itself, the server never sees the request. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** The connection is reset: at once, after bytes of the answer, or after a time. */
  | { readonly kind: 'cut'; readonly afterBytes?: number; readonly afterMs?: number }
  /** The answer ends in good order after a time, however much there would be to say. */
  | { readonly kind: 'close'; readonly afterMs: number }
  /** The server never sees the request, and nobody answers it. */
  | { readonly kind: 'hold' }
  /** Half-open: after these bytes nothing arrives any more, and nobody closes. */
  | { readonly kind: 'stall'; readonly afterBytes?: number }
  /** Each chunk of the answer comes late. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Each line of the answer comes twice, as a watch does after a failed over server. */
  | { readonly kind: 'duplicate' }
  /** The answer ends too early, though its headers promised more. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** The answer is whole, and its `Content-Length` is wrong by so many bytes. */
  | { readonly kind: 'content-length'; readonly by: number }
  /** Small chunks, and each byte of a character that is not ASCII in a chunk of its own: lines and characters are split. */
  | { readonly kind: 'split' };

/** Sends an answer's body on, with or without harm. */
export type BodyForwarder = (body: AsyncIterable<Buffer>, response: ServerResponse) => Promise<void>;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Writes and waits while the receiver is slow, so that a stalled controller doesn't fill our memory. */
async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

async function forward(body: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  for await (const chunk of body) await write(response, chunk);
  response.end();
}

/** Passes at most `limit` bytes; whether there was more. */
async function forwardUpTo(limit: number, body: AsyncIterable<Buffer>, response: ServerResponse): Promise<boolean> {
  let left = limit;
  for await (const chunk of body) {
    await write(response, chunk.subarray(0, left));
    left -= chunk.length;
    if (left < 0) return true;
  }
  return false;
}

/** How a fault treats the body of an answer. */
export function forwarderOf(fault: Exclude<Fault, { kind: 'status' | 'hold' }> | undefined): BodyForwarder {
  if (fault === undefined) return forward;
  switch (fault.kind) {
    case 'cut':
      return async (body, response) => {
        const timer = fault.afterMs === undefined ? undefined : setTimeout(() => response.destroy(), fault.afterMs);
        const limit = fault.afterBytes ?? (fault.afterMs === undefined ? 0 : Infinity);
        const more = await forwardUpTo(limit, body, response).finally(() => clearTimeout(timer));
        if (more) response.destroy();
        else response.end();
      };
    case 'close':
      return async (body, response) => {
        const timer = setTimeout(() => response.end(), fault.afterMs);
        await forward(body, response).finally(() => clearTimeout(timer));
      };
    case 'stall':
      return async (body, response) => {
        if (!(await forwardUpTo(fault.afterBytes ?? 0, body, response))) response.end();
      };
    case 'slow':
      return async (body, response) => {
        for await (const chunk of body) {
          await pause(fault.delayMs);
          await write(response, chunk);
        }
        response.end();
      };
    case 'duplicate':
      return async (body, response) => {
        let rest = Buffer.alloc(0);
        for await (const chunk of body) {
          const bytes = Buffer.concat([rest, chunk]);
          const end = bytes.lastIndexOf(0x0a) + 1;
          rest = bytes.subarray(end);
          for (const line of lines(bytes.subarray(0, end))) await write(response, Buffer.concat([line, line]));
        }
        response.end(rest);
      };
    case 'short':
      return async (body, response) => {
        await forwardUpTo(fault.bytes, body, response);
        // Ends the connection without a reset: the reader sees a clean end before the promised length.
        response.socket?.end();
      };
    case 'content-length':
      // Node would not let us: the bytes go to the socket, behind the head, as they are.
      return async (body, response) => {
        for await (const chunk of body) {
          if (response.socket?.write(chunk) === false) await drained(response.socket);
        }
        response.socket?.end();
      };
    case 'split':
      return async (body, response) => {
        for await (const chunk of body) {
          for (const piece of pieces(chunk)) {
            await write(response, piece);
            await pause(0);
          }
        }
        response.end();
      };
  }
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const ascii = bytes.subarray(start, start + 64).findIndex((byte) => byte > 0x7f);
    const end = ascii === -1 ? start + 64 : start + Math.max(ascii, 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

function* lines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start) + 1;
    yield bytes.subarray(start, end);
    start = end;
  }
}
