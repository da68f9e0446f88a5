import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackTar } from '../../../../controllers/storage-initializer/archive/unpack-tar';
import { unpackZip } from '../../../../controllers/storage-initializer/archive/unpack-zip';
import { publish } from '../../../../controllers/storage-initializer/destination/publish';
import { StagedTree } from '../../../../controllers/storage-initializer/destination/staged-tree';
import { StorageError } from '../../../../controllers/storage-initializer/storage-error';
import { seededRandom } from '../../../faults/seeded-random';
import { gnuLongName, paxHeader, tarOf, withChecksum, type TarEntry } from './tar-bytes';
import { wide } from './unpacked';
import { zipOf, type ZipMember } from './zip-bytes';

const signal = new AbortController().signal;

/**
 * A destination with neighbours of the names that archives try. Several archives go into it, so that one can try to write through what
 * another has left.
 */
class Besieged {
  private readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-besieged-')));
  readonly destination = join(this.root, 'a', 'destination');
  private before = '';
  private staged = 0;

  begin(): void {
    for (const name of readdirSync(this.root)) rmSync(join(this.root, name), { recursive: true });
    mkdirSync(this.destination, { recursive: true });
    for (const directory of [this.root, join(this.root, 'a')]) {
      for (const name of ['b', 'c']) {
        mkdirSync(join(directory, name));
        writeFileSync(join(directory, name, 'a'), 'secret');
      }
    }
    this.before = this.around();
  }

  get outside(): string {
    return join(this.root, 'b', 'a');
  }

  /** Stages and publishes as a fetch does. @returns whether it was refused; anything but a refusal is thrown */
  async attack(write: (tree: StagedTree) => Promise<unknown>): Promise<boolean> {
    const staging = join(this.destination, `.partial-${(this.staged += 1)}`);
    const directory = join(staging, 'tree');
    mkdirSync(directory, { recursive: true });
    try {
      const tree = new StagedTree(directory, 'model', this.destination);
      await write(tree);
      tree.makeLinks();
      publish(directory, this.destination);
      return false;
    } catch (error) {
      if (error instanceof StorageError) return true;
      throw error;
    } finally {
      rmSync(staging, { recursive: true });
    }
  }

  /** Nothing around has changed, and no link leads out. */
  expectUnharmed(seed: string): void {
    expect({ seed, around: this.around() }).toEqual({ seed, around: this.before });
    expect({ seed, out: this.linksOut(this.destination) }).toEqual({ seed, out: [] });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private around(): string {
    const entries: string[] = [];
    const walk = (directory: string) => {
      for (const name of readdirSync(directory).sort()) {
        const path = join(directory, name);
        const { mode, size, mtimeMs, nlink } = lstatSync(path);
        if (path === this.destination) continue;
        const isDirectory = lstatSync(path).isDirectory();
        entries.push(isDirectory ? path : `${path} ${mode} ${size} ${mtimeMs} ${nlink} ${readFileSync(path, 'utf8')}`);
        if (isDirectory) walk(path);
      }
    };
    walk(this.root);
    return entries.join('\n');
  }

  private linksOut(directory: string): readonly string[] {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return this.linksOut(path);
      if (!entry.isSymbolicLink()) return lstatSync(path).isFile() ? [] : [`${path} is no file`];
      const target = realOrNothing(path);
      return target === undefined || `${target}/`.startsWith(`${this.destination}/`) ? [] : [`${path} -> ${target}`];
    });
  }
}

/** Where a link leads in the end; `undefined` when that is nothing or a circle. */
function realOrNothing(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Names, targets and headers of somebody who wants out: few letters, so that they meet. */
class Attacker {
  private readonly random: () => number;

  constructor(
    seed: number,
    private readonly outside: string,
  ) {
    this.random = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.below(values.length)] ?? values[0];
  }

  name(): string {
    if (this.below(60) === 0)
      return this.pick([this.outside, '/', '..', `..${this.outside}`, '', 'a\0/b', 'a\\..\\b', '\xff']);
    return this.path(['a', 'b', 'c', 'a', 'b', 'd', this.below(8) === 0 ? '..' : 'c', this.below(4) === 0 ? '.' : 'd']);
  }

  target(): string {
    return this.below(20) === 0 ? this.pick([this.outside, '/', '']) : this.path(['a', 'b', 'c', '..', '..', '.', 'd']);
  }

  private path(components: readonly [string, ...string[]]): string {
    return Array.from({ length: 1 + this.below(4) }, () => this.pick(components)).join('/');
  }

  tar(): Buffer {
    const entries = Array.from({ length: 1 + this.below(6) }, () => this.tarEntry());
    const archive = tarOf(...entries.flat());
    if (this.below(5) > 0) return archive;
    // A header that no program writes, with a checksum that is right.
    const at = 512 * this.below(archive.length / 512);
    archive[at + this.below(512)] = this.below(256);
    withChecksum(archive.subarray(at, at + 512));
    return archive;
  }

  private tarEntry(): readonly (TarEntry | Buffer)[] {
    const type = this.pick(['0', '0', '0', '1', '2', '2', '2', '5', this.below(10) === 0 ? '3' : '0']);
    const [name, linkName] = [this.name(), type === '1' && this.below(4) > 0 ? this.name() : this.target()];
    const body = type === '0' ? 'x'.repeat(this.below(700)) : '';
    const entry = { name: Buffer.from(name, 'latin1'), type, linkName, body, mode: this.below(0o10000) };
    switch (this.below(8)) {
      case 0:
        return [paxHeader({ path: name, linkpath: linkName }), { ...entry, name: 'harmless', linkName: 'harmless' }];
      case 1:
        return [gnuLongName(name), gnuLongName(linkName, 'K'), { ...entry, name: 'harmless', linkName: '' }];
      case 2:
        return [{ ...entry, prefix: this.name() }];
      default:
        return [entry];
    }
  }

  zip(): Buffer {
    const members = Array.from({ length: 1 + this.below(5) }, (): ZipMember => {
      const isLink = this.below(2) === 0;
      return {
        name: Buffer.from(`${this.name()}${this.below(6) === 0 ? '/' : ''}`, 'latin1'),
        body: isLink ? this.target() : 'x'.repeat(this.below(700)),
        mode: isLink ? 0o120777 : this.pick([0o100644, 0o104777, 0o040777, this.below(0o200000)]),
        method: this.pick(['store', 'deflate']),
        zip64: this.below(4) === 0,
      };
    });
    const archive = zipOf(...members);
    if (this.below(5) === 0) archive[this.below(archive.length)] = this.below(256);
    return archive;
  }
}

describe('ten thousand archives and listings of an attacker never touch a file outside of the destination', () => {
  const besieged = new Besieged();
  beforeEach(() => besieged.begin());
  afterAll(() => besieged.remove());

  /** Attacks in rounds on one destination each; every attack has its seed. */
  async function siege(
    count: number,
    attack: (attacker: Attacker, tree: StagedTree) => Promise<unknown>,
  ): Promise<void> {
    const attacksInRound = 50;
    let refused = 0;
    for (let seed = 0; seed < count; seed += 1) {
      const attacker = new Attacker(seed, besieged.outside);
      if (await besieged.attack((tree) => attack(attacker, tree))) refused += 1;
      if (seed % attacksInRound !== attacksInRound - 1) continue;
      besieged.expectUnharmed(`the ${attacksInRound} up to ${seed}`);
      besieged.begin();
    }
    // Neither all of them nor none: the generator meets the rules, and gets past them.
    expect(refused).toBeGreaterThan(count / 10);
    expect(count - refused).toBeGreaterThan(count / 10);
  }

  test('6,000 tar archives (SD-03, SD-04)', async () => {
    await siege(6000, async (attacker, tree) => {
      const archive = attacker.tar();
      const chunks = async function* () {
        yield archive;
      };
      await unpackTar(chunks(), tree, { limits: wide, signal, from: 'model.tar' });
    });
  }, 120_000);

  test('2,000 zip archives (SD-03, SD-04)', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'slipway-zips-')), 'model.zip');
    try {
      await siege(2000, async (attacker, tree) => {
        writeFileSync(path, attacker.zip());
        await unpackZip(path, tree, { limits: wide, signal, from: 'model.zip' });
      });
    } finally {
      rmSync(join(path, '..'), { recursive: true });
    }
  }, 120_000);

  test('2,000 listings (SD-03)', async () => {
    await siege(2000, async (attacker, tree) => {
      for (let count = 1 + attacker.below(6); count > 0; count -= 1) {
        if (attacker.below(3) === 0) tree.addLink(attacker.name(), attacker.target());
        else {
          const descriptor = tree.createFile(attacker.name());
          writeSync(descriptor, 'x');
          closeSync(descriptor);
        }
      }
    });
  }, 120_000);
});
