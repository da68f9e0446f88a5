/** What goes wrong with one inference call. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is reset before the answer, or in the middle of it. */
  | { readonly kind: 'reset' | 'half' }
  /** No answer until the server closes. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** The answer lacks its last item. */
  | { readonly kind: 'short' }
  /** The answer is this text. */
  | { readonly kind: 'body'; readonly body: string };

/** A request with this number of a model of numbers is refused with 400, as a model refuses an item it can't take. */
export const poison = -666666;

/** `times` answers of a server that can't right now. */
export function unavailable(times: number): readonly Fault[] {
  return Array.from({ length: times }, () => ({ kind: 'status', status: 503, body: '{"error":"model is not ready"}' }));
}

/** @param retryAfter seconds, or a date */
export function tooMany(retryAfter: string): Fault {
  return { kind: 'status', status: 429, headers: { 'retry-after': retryAfter }, body: '{"error":"too many requests"}' };
}
