/** What a change does to a cluster that already has the object, mildest first. */
export const effects = ['none', 'in place', 'rolling restart', 'recreate', 'forbidden'] as const;

/** What a change does to a cluster that already has the object. */
export type Effect = (typeof effects)[number];

/** Each effect, for the reader of a report. */
export const meanings: Readonly<Record<Effect, string>> = {
  none: 'written differently, the same to the API server',
  'in place': 'nothing stops',
  'rolling restart': 'pods are replaced one after another',
  recreate: 'stops or goes before the new one is there, or goes for good',
  forbidden: 'refused by the API server, or data, objects or clients are lost',
};

/** Compares by risk, riskiest first. */
export function byRisk(a: Effect, b: Effect): number {
  return effects.indexOf(b) - effects.indexOf(a);
}

/** The riskiest of several effects, `none` of none at all. */
export function riskiest(of: readonly Effect[]): Effect {
  return [...of].sort(byRisk)[0] ?? 'none';
}
