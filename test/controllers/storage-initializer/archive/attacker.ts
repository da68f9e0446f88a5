import { seededRandom } from '../../../faults/seeded-random';
import { gnuLongName, paxHeader, tarOf, withChecksum, type TarEntry } from './tar-bytes';
import { zipOf, type ZipMember } from './zip-bytes';

/** What an attacker wants in the destination. A hard link's target is the name of another entry. */
export interface AttackEntry {
  readonly kind: 'file' | 'link' | 'hard link' | 'directory' | 'device';
  readonly name: string;
  readonly target: string;
}

const tarTypes = { file: '0', 'hard link': '1', link: '2', device: '3', directory: '5' } as const;

/** Names, targets, headers and listings of somebody who wants out: few letters, so that they meet. The same seed, the same attack. */
export class Attacker {
  private readonly random: () => number;

  constructor(
    seed: number,
    private readonly outside: string,
  ) {
    this.random = seededRandom(seed);
  }

  /** Names as a store lists them, and links as repositories and images have them. */
  listing(): readonly AttackEntry[] {
    return this.entries().filter(({ kind }) => kind !== 'device');
  }

  tar(): Buffer {
    const archive = tarOf(...this.entries().flatMap((entry) => this.tarEntry(entry)));
    if (this.below(5) > 0) return archive;
    // A header that no program writes, with a checksum that is right.
    const at = 512 * this.below(archive.length / 512);
    archive[at + this.below(512)] = this.below(256);
    withChecksum(archive.subarray(at, at + 512));
    return archive;
  }

  zip(): Buffer {
    const members = this.entries().map(({ kind, name, target }): ZipMember => {
      const isLink = kind === 'link';
      return {
        name: Buffer.from(`${name}${this.below(6) === 0 ? '/' : ''}`, 'latin1'),
        body: isLink ? target : 'x'.repeat(this.below(700)),
        mode: isLink ? 0o120777 : this.pick([0o100644, 0o104777, 0o040777, this.below(0o200000)]),
        method: this.pick(['store', 'deflate']),
        zip64: this.below(4) === 0,
      };
    });
    const archive = zipOf(...members);
    if (this.below(5) === 0) archive[this.below(archive.length)] = this.below(256);
    return archive;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.below(values.length)] ?? values[0];
  }

  private entries(): readonly AttackEntry[] {
    const some = (count: number) => Array.from({ length: count }, () => this.entry());
    return this.below(2) === 0 ? some(1 + this.below(4)) : [...this.ambush(), ...some(this.below(3))];
  }

  private entry(): AttackEntry {
    const kind = this.pick<AttackEntry['kind']>([
      'file',
      'file',
      'file',
      'link',
      'link',
      'link',
      'hard link',
      'directory',
      'file',
    ]);
    const target = kind === 'hard link' && this.below(4) > 0 ? this.name() : this.target();
    return { kind: this.below(60) === 0 ? 'device' : kind, name: this.name(), target };
  }

  /** A link that leads up, but not out, and something that goes through it, in either order; where no file of others is in the way. */
  private ambush(): readonly AttackEntry[] {
    const depth = this.below(4);
    const link = `${'e/f/g/'.slice(0, 2 * depth)}${this.pick(['h', 'i'])}`;
    const up = '../'.repeat(Math.max(0, depth + 1 - this.below(3)));
    const first: AttackEntry = { kind: 'link', name: link, target: `${up}${this.pick(['.', '.', 'a', 'b'])}` };
    const through = `${link}/${'../'.repeat(this.below(4))}${this.pick(['.', 'a', 'b', 'b/a', 'c/new'])}`;
    const other = this.pick(['h', 'i', 'e/h']);
    const second = this.pick<AttackEntry>([
      { kind: 'link', name: other, target: through },
      { kind: 'link', name: other, target: through },
      { kind: 'file', name: `${link}/${this.pick(['a', 'new'])}`, target: '' },
      { kind: 'directory', name: `${link}/new`, target: '' },
      { kind: 'hard link', name: other, target: through },
    ]);
    return this.below(4) === 0 ? [second, first] : [first, second];
  }

  private name(): string {
    if (this.below(60) === 0)
      return this.pick([this.outside, '/', '..', `..${this.outside}`, '', 'a\0/b', 'a\\..\\b', '\xff']);
    // The sentinels are two to four directories above.
    if (this.below(25) === 0)
      return `${this.pick(['', '', 'a/', './'])}${'../'.repeat(1 + this.below(5))}${this.pick(['b/new', 'c/a', 'new'])}`;
    return this.path(['a', 'b', 'c', 'a', 'b', 'd', this.below(8) === 0 ? '..' : 'c', this.below(4) === 0 ? '.' : 'd']);
  }

  private target(): string {
    return this.below(20) === 0 ? this.pick([this.outside, '/', '']) : this.path(['a', 'b', 'c', '..', '.', 'd']);
  }

  private path(components: readonly [string, ...string[]]): string {
    return Array.from({ length: 1 + this.below(4) }, () => this.pick(components)).join('/');
  }

  /** In one of the ways in which archives have long names. */
  private tarEntry({ kind, name, target }: AttackEntry): readonly (TarEntry | Buffer)[] {
    const body = kind === 'file' ? 'x'.repeat(this.below(700)) : '';
    const type = tarTypes[kind];
    const entry = { name: Buffer.from(name, 'latin1'), type, linkName: target, body, mode: this.below(0o10000) };
    switch (this.below(8)) {
      case 0:
        return [paxHeader({ path: name, linkpath: target }), { ...entry, name: 'harmless', linkName: 'harmless' }];
      case 1:
        return [gnuLongName(name), gnuLongName(target, 'K'), { ...entry, name: 'harmless', linkName: '' }];
      case 2:
        return [{ ...entry, prefix: this.name() }];
      default:
        return [entry];
    }
  }
}
