import { jsonAnswer, textAnswer, type Answer } from './answer';

/** What the registry, or the proxy in front of it, does instead of what it should. */
export type RegistryFault =
  /** Answers this and does nothing. */
  | ({ readonly kind: 'answer' } & Answer)
  /** The database is not connected yet: 503 as plain text, health endpoints included. */
  | { readonly kind: 'starting-up' }
  /** Does what it should, this much later. */
  | { readonly kind: 'late'; readonly latencyMs: number }
  /** Resets the connection and does nothing. */
  | { readonly kind: 'reset' }
  /** Does what it should, and resets the connection before it says so. */
  | { readonly kind: 'lost-answer' }
  /** Does nothing and never answers. */
  | { readonly kind: 'silence' };

/** A request as rules see it. */
export interface FaultTarget {
  readonly method: string;
  /** Path without query, base path included. */
  readonly path: string;
}

/** When a fault strikes. */
export interface RegistryFaultRule {
  readonly fault: RegistryFault;
  /** @default every request */
  readonly matches?: (request: FaultTarget) => boolean;
  /** Strikes this often, then never again. @default always */
  readonly times?: number;
}

const loginPage =
  '<!doctype html><html><head><title>Log in</title></head><body><form action="/oauth2/start"></form></body></html>';

const answer = (given: Answer): RegistryFault => ({ kind: 'answer', ...given });

/** Faults that installations really show. */
export const registryFaults = {
  startingUp: { kind: 'starting-up' },
  reset: { kind: 'reset' },
  lostAnswer: { kind: 'lost-answer' },
  silence: { kind: 'silence' },
  /** A proxy that knows no caller. */
  unauthorized: answer(textAnswer(401, 'Unauthorized\n')),
  /** A proxy that knows the caller and doesn't let it in. */
  forbidden: answer(textAnswer(403, 'Forbidden\n')),
  redirectToLogin: answer({ status: 302, headers: { location: '/oauth2/start' }, body: '' }),
  loginPage: answer({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: loginPage }),
  internalError: answer(jsonAnswer(500, { code: 'Internal Server Error', message: 'driver: bad connection' })),
  emptyBody: answer(textAnswer(200, '')),
} as const satisfies Readonly<Record<string, RegistryFault>>;

/** The faults that are to strike; the first rule that matches does. */
export class FaultRules {
  private readonly entries: { readonly rule: RegistryFaultRule; left: number }[] = [];

  /** Adds a rule; returns what takes it away again. */
  add(rule: RegistryFaultRule): () => void {
    const entry = { rule, left: rule.times ?? Infinity };
    this.entries.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  clear(): void {
    this.entries.splice(0);
  }

  /** The fault that this request meets; counts it. */
  strike(request: FaultTarget): RegistryFault | undefined {
    const entry = this.entries.find(({ rule, left }) => left > 0 && (rule.matches?.(request) ?? true));
    if (entry !== undefined) entry.left -= 1;
    return entry?.rule.fault;
  }
}
