/** A value with its defaults, and what the user is to know about them. */
export interface Defaulted<T> {
  readonly value: T;
  /** Texts for the client that sent the object. */
  readonly warnings: readonly string[];
}
