import { closeSync, writeFileSync, writeSync } from 'node:fs';
import { unpackTar } from '../../../../controllers/storage-initializer/archive/unpack-tar';
import { unpackZip } from '../../../../controllers/storage-initializer/archive/unpack-zip';
import type { StagedTree } from '../../../../controllers/storage-initializer/destination/staged-tree';
import { Attacker, type AttackEntry } from './attacker';
import { Besieged } from './besieged';
import { wide } from './unpacked';

const signal = new AbortController().signal;
/** Attacks on one destination between two looks at what is around it. */
const attacksInRound = 50;

describe('ten thousand archives and listings of an attacker never touch a file outside of the destination', () => {
  const besieged = new Besieged();
  beforeEach(() => besieged.begin());
  afterAll(() => besieged.remove());

  interface Siege {
    /** Attacks; the seed of each is its number. */
    readonly count: number;
    /** Attacks of which one is published. */
    readonly publishOneOf: number;
    readonly attack: (attacker: Attacker, tree: StagedTree) => void | Promise<unknown>;
  }

  /** One attack. @returns whether it was refused */
  function attackWith(seed: number, { attack, publishOneOf }: Siege): Promise<boolean> {
    const attacker = new Attacker(seed, besieged.outside);
    return besieged.attack((tree) => attack(attacker, tree), seed % publishOneOf === 0);
  }

  /** The first attack of a round after which there is harm. */
  async function culprit(first: number, siege: Siege): Promise<string> {
    besieged.begin();
    for (let seed = first; seed < first + attacksInRound; seed += 1) {
      await attackWith(seed, siege);
      if (besieged.harm().length > 0) return `seed ${seed}`;
    }
    return `none of the seeds from ${first} on when they are tried again`;
  }

  async function withstand(siege: Siege): Promise<void> {
    const { count } = siege;
    let refused = 0;
    for (let first = 0; first < count; first += attacksInRound) {
      besieged.begin();
      for (let seed = first; seed < first + attacksInRound; seed += 1) {
        if (await attackWith(seed, siege)) refused += 1;
      }
      const harm = besieged.harm();
      if (harm.length > 0) throw new Error(`${await culprit(first, siege)}: ${harm.join('; ')}`);
    }
    // Neither all of them nor none: the generator meets the rules, and gets past them.
    expect(refused).toBeGreaterThan(count / 10);
    expect(count - refused).toBeGreaterThan(count / 10);
  }

  test('3,200 tar archives (SD-03, SD-04)', async () => {
    await withstand({
      count: 3200,
      publishOneOf: 1,
      async attack(attacker, tree) {
        const archive = attacker.tar();
        const chunks = async function* () {
          yield archive;
        };
        await unpackTar(chunks(), tree, { limits: wide, signal, from: 'model.tar' });
      },
    });
  }, 120_000);

  test('800 zip archives (SD-03, SD-04)', async () => {
    await withstand({
      count: 800,
      publishOneOf: 1,
      async attack(attacker, tree) {
        // Beside the tree, as archives are that must be on disk first.
        const path = `${tree.directory}.zip`;
        writeFileSync(path, attacker.zip());
        await unpackZip(path, tree, { limits: wide, signal, from: 'model.zip' });
      },
    });
  }, 120_000);

  test('6,000 listings (SD-03)', async () => {
    await withstand({
      count: 6000,
      publishOneOf: 2,
      async attack(attacker, tree) {
        for (const entry of attacker.listing()) await write(tree, entry);
      },
    });
  }, 120_000);
});

/** As the engine writes files, and sources that have links write those. */
async function write(tree: StagedTree, { kind, name, target }: AttackEntry): Promise<void> {
  if (kind === 'link') tree.addLink(name, target);
  else if (kind === 'hard link') await tree.addHardLink(name, target, () => undefined);
  else if (kind === 'directory') tree.createDirectory(name);
  else {
    const descriptor = tree.createFile(name);
    writeSync(descriptor, 'x');
    closeSync(descriptor);
  }
}
