import { sleep, type Clock, type Random } from '../../runtime/clock';
import { RegistryError } from '../../model-registry/registry-error';
import type { RegistryRequests } from '../../model-registry/registry-reads';
import type { Answer } from '../../model-registry/registry-transport';
import { isTransientStatus } from '../http/http-client';
import { retryDelayMs } from '../http/retry-delay';

export interface Patience {
  /** Tries of one request, the first included. */
  readonly attempts: number;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Requests that are tried again when nobody answers, or the registry says 408, 429 or 5xx: with back-off, and not before the time it
 * asks for. Registry sync leaves that to its queue; an init container has none.
 */
export function patientRequests(requests: RegistryRequests, { attempts, clock, random }: Patience): RegistryRequests {
  return {
    baseUrl: requests.baseUrl,
    read: (operation, path, answer, schema) => requests.read(operation, path, answer, schema),
    send: async (operation, method, path, body, signal) => {
      for (let attempt = 1; ; attempt += 1) {
        let answer: Answer | undefined;
        try {
          answer = await requests.send(operation, method, path, body, signal);
          if (!isTransientStatus(answer.status) || attempt >= attempts) return answer;
        } catch (error) {
          const mayPass = error instanceof RegistryError && error.failure === 'unavailable';
          if (!mayPass || attempt >= attempts) throw error;
        }
        const seconds = answer?.retryAfterSeconds;
        const headers = seconds === undefined ? undefined : { 'retry-after': String(Math.ceil(seconds)) };
        await sleep(clock, retryDelayMs(attempt, headers, { clock, random }), signal);
        signal.throwIfAborted();
      }
    },
  };
}
