import type { RegistryFault } from '../../doubles/model-registry/faults';
import { registryFaults } from '../../doubles/model-registry/faults';
import type { ModelRegistry } from '../../doubles/model-registry/server';
import type { Fault } from '../../faults/fault';
import type { FaultProxy, FaultRule } from '../../faults/fault-proxy';

/** A time in which things go wrong in one way. */
export interface Spell {
  readonly name: string;
  readonly seconds: number;
}

type Begin = (weather: {
  readonly proxy: FaultProxy;
  readonly registry: ModelRegistry;
  readonly random: () => number;
}) => () => void;

const everything = () => true;

/** Requests to the API server meet the fault with this chance. */
const apiServer =
  (fault: Fault, probability: number, matches: FaultRule['matches'] = everything): Begin =>
  ({ proxy }) =>
    proxy.inject({ fault, probability, matches });

/** Requests to the registry meet the fault with this chance. */
const registry =
  (fault: RegistryFault, probability: number): Begin =>
  ({ registry: double, random }) =>
    double.inject({ fault, matches: () => random() < probability });

/**
 * What can go wrong. A registry that refuses for good (400, 403, 404) is not among it: a deletion then rightly ends without
 * the record, and nothing could be said about records in the end.
 */
const spells: readonly (readonly [name: string, begin: Begin])[] = [
  ['calm', () => () => undefined],
  ['API server: 500', apiServer({ kind: 'status', status: 500 }, 0.3)],
  ['API server: 429, again in 1 s', apiServer({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 0.3)],
  ['API server: connections refused', apiServer({ kind: 'cut' }, 0.3)],
  ['API server: answers lost', apiServer({ kind: 'cut', afterBytes: 0 }, 0.3, ({ watch }) => !watch)],
  ['API server: answers cut short', apiServer({ kind: 'short', bytes: 100 }, 0.3, ({ watch }) => !watch)],
  ['API server: slow', apiServer({ kind: 'slow', delayMs: 200 }, 0.5)],
  ['API server: watches cut', apiServer({ kind: 'cut', afterMs: 700 }, 1, ({ watch }) => watch)],
  ['API server: watch events twice', apiServer({ kind: 'duplicate' }, 1, ({ watch }) => watch)],
  ['API server: watches fall silent', apiServer({ kind: 'stall', afterBytes: 2000 }, 0.5, ({ watch }) => watch)],
  ['API server: gone', apiServer({ kind: 'cut' }, 1)],
  ['registry: connections reset', registry(registryFaults.reset, 0.4)],
  ['registry: answers lost', registry(registryFaults.lostAnswer, 0.4)],
  ['registry: 500', registry(registryFaults.internalError, 0.4)],
  ['registry: starting up', registry(registryFaults.startingUp, 1)],
  ['registry: late', registry({ kind: 'late', latencyMs: 700 }, 0.5)],
  ['registry: silent', registry(registryFaults.silence, 0.3)],
  ['registry: login page', registry(registryFaults.loginPage, 0.4)],
  ['registry: empty answers', registry(registryFaults.emptyBody, 0.4)],
];

/** Faults that come and go, decided by the seed. */
export class Weather {
  private ending: () => void = () => undefined;

  constructor(
    private readonly parts: {
      readonly proxy: FaultProxy;
      readonly registry: ModelRegistry;
      readonly random: () => number;
    },
  ) {}

  /** Ends the spell there is and begins another one. */
  change(): Spell {
    const { random, proxy } = this.parts;
    this.ending();
    const [name, begin] = spells[Math.floor(random() * spells.length)] ?? ['calm', () => () => undefined];
    this.ending = begin(this.parts);
    // Rules strike new requests only: a watch has to be opened anew to meet one.
    if (name.includes('watch') || name.endsWith('gone')) proxy.cutAll();
    return { name, seconds: 2 + Math.floor(random() * 7) };
  }

  clear(): void {
    this.ending();
    this.ending = () => undefined;
  }
}
