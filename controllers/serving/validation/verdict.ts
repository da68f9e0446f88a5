/** What admission says about an object. */
export interface Verdict {
  /** Texts for the client; the object is stored nevertheless. */
  readonly warnings: readonly string[];
  /** Why the object is refused. Absent: it is accepted. */
  readonly refusal?: string;
}

/** Result of one rule: why the object is to be refused. */
export type Refusal = string | undefined;

/** The verdict of a refusal, or of none. */
export function verdict(refusal: Refusal, warnings: readonly string[] = []): Verdict {
  return refusal === undefined ? { warnings } : { warnings, refusal };
}

/** The first refusal of several elements, in their order. */
export function firstRefusal<T>(elements: readonly T[], rule: (element: T, index: number) => Refusal): Refusal {
  for (const [index, element] of elements.entries()) {
    const refusal = rule(element, index);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
