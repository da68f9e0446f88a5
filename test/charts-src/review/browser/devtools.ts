import { WebSocket } from 'undici';
import * as z from 'zod';

/** What the browser sends: the answer to a command, or an event of a page. */
const messageSchema = z.object({
  id: z.int().exactOptional(),
  error: z.object({ message: z.string() }).exactOptional(),
  result: z.unknown().optional(),
  method: z.string().exactOptional(),
  params: z.unknown().optional(),
  sessionId: z.string().exactOptional(),
});

/** Something that happened in the browser. */
export interface DevtoolsEvent {
  readonly method: string;
  readonly params: unknown;
  /** The page it happened in; undefined for the browser itself. */
  readonly session: string | undefined;
}

/** A connection to a browser by the DevTools protocol, as far as tests need it: commands, answers, events. */
export class Devtools {
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private readonly listeners = new Set<(event: DevtoolsEvent) => void>();
  private lastId = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => this.receive(String(data)));
    socket.addEventListener('close', () => this.refuseAll());
  }

  /** @throws when nobody listens at the address */
  static async connect(address: string): Promise<Devtools> {
    const socket = new WebSocket(address);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`connecting to the browser at ${address} failed`)));
    });
    return new Devtools(socket);
  }

  /** @throws with the browser's message when it refuses the command, or the connection ends */
  send(method: string, params: object = {}, session?: string): Promise<unknown> {
    this.lastId += 1;
    const answer = Promise.withResolvers<unknown>();
    this.waiting.set(this.lastId, answer);
    const target = session === undefined ? {} : { sessionId: session };
    this.socket.send(JSON.stringify({ id: this.lastId, method, params, ...target }));
    return answer.promise.catch((error: unknown) => {
      throw new Error(`${method}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
  }

  /** @returns what ends the listening */
  listen(listener: (event: DevtoolsEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private receive(text: string): void {
    const { id, error, result, method, params, sessionId } = messageSchema.parse(JSON.parse(text));
    if (method !== undefined) {
      for (const listener of this.listeners) listener({ method, params, session: sessionId });
      return;
    }
    const answer = id === undefined ? undefined : this.waiting.get(id);
    if (id === undefined || answer === undefined) return;
    this.waiting.delete(id);
    if (error === undefined) answer.resolve(result);
    else answer.reject(new Error(error.message));
  }

  private refuseAll(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('the browser has closed the connection'));
    this.waiting.clear();
  }
}
