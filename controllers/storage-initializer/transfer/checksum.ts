import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { IHasher } from 'hash-wasm';
import { StorageError } from '../storage-error';
import type { Checksums } from '../source';

/** Checksums of bytes in their order. */
export type ChecksumAlgorithm = Exclude<keyof Checksums, 'parts'>;

/** A checksum while the bytes come. */
export interface RunningChecksum {
  readonly algorithm: ChecksumAlgorithm;
  update(chunk: Buffer): void;
  /** Lower-case hexadecimal. The checksum has ended with it. */
  value(): string | Promise<string>;
}

/** Cheapest first: 2.4, 1.6, 1.5, 1.3, 1.0 and 0.6 GB/s on the machine we measured on. */
const byCost: readonly ChecksumAlgorithm[] = ['crc32', 'sha1', 'sha256', 'crc32c', 'crc64nvme', 'md5'];

/**
 * The checksums to verify of those that are known: the cheapest, since one that is right leaves nothing for the others to find; and
 * SHA-256 always, since it is the one that says whose bytes they are.
 */
export function checksumsToVerify(known: Checksums): readonly ChecksumAlgorithm[] {
  const cheapest = byCost.find((algorithm) => known[algorithm] !== undefined);
  if (cheapest === undefined) return [];
  return known.sha256 === undefined || cheapest === 'sha256' ? [cheapest] : [cheapest, 'sha256'];
}

export function runningChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  if (algorithm === 'crc32') {
    let value = 0;
    return {
      algorithm,
      update: (chunk) => {
        value = crc32(chunk, value);
      },
      value: () => value.toString(16).padStart(8, '0'),
    };
  }
  if (algorithm === 'crc32c' || algorithm === 'crc64nvme') return new WasmChecksum(algorithm);
  const hash = createHash(algorithm);
  return { algorithm, update: (chunk) => void hash.update(chunk), value: () => hash.digest('hex') };
}

/** A file arrived whole, and is not what was promised. */
export class ChecksumMismatch extends StorageError {
  constructor(name: string, algorithm: string, got: string, promised: string | undefined) {
    super('corrupt', `${name}: ${algorithm} of what arrived is ${got}, promised was ${promised}`);
    this.name = 'ChecksumMismatch';
  }
}

/** How often a file is fetched anew that arrived whole and wrong: more than that is the source's own doing. */
export const mostMismatches = 2;

/** The value of a checksum of bytes that are there. */
export async function checksumOf(algorithm: ChecksumAlgorithm, bytes: Buffer): Promise<string> {
  const checksum = runningChecksum(algorithm);
  checksum.update(bytes);
  return checksum.value();
}

/** Throws ChecksumMismatch when a checksum is not the promised one. */
export async function verifyChecksums(
  name: string,
  computed: readonly RunningChecksum[],
  known: Checksums,
): Promise<void> {
  for (const checksum of computed) {
    const { algorithm } = checksum;
    verifyChecksum(name, algorithm, await checksum.value(), known[algorithm]);
  }
}

/** Throws ChecksumMismatch when a checksum is not the promised one. */
export function verifyChecksum(name: string, algorithm: string, got: string, promised: string | undefined): void {
  if (got !== promised) throw new ChecksumMismatch(name, algorithm, got, promised);
}

/** Polynomials, reflected: the reversed notation. */
const polynomials = { crc32c: 0x82f63b78, crc64nvme: '9a6c9329ac4bc9b5' } as const;
type WasmAlgorithm = keyof typeof polynomials;

/** Hashers that are free: making one takes longer than a small file. */
const free: Record<WasmAlgorithm, IHasher[]> = { crc32c: [], crc64nvme: [] };

/** A checksum of WebAssembly, which is loaded when it is first needed: chunks wait for it. */
class WasmChecksum implements RunningChecksum {
  private hasher: IHasher | undefined;
  private readonly waiting: Buffer[] = [];
  private readonly ready: Promise<void>;

  constructor(readonly algorithm: WasmAlgorithm) {
    const hasher = free[algorithm].pop();
    if (hasher !== undefined) this.begin(hasher);
    this.ready = hasher === undefined ? wasmHasher(algorithm).then((made) => this.begin(made)) : Promise.resolve();
    // It is told by value(); a fetch that fails before must not end the process.
    this.ready.catch(() => undefined);
  }

  update(chunk: Buffer): void {
    if (this.hasher === undefined) this.waiting.push(chunk);
    else this.hasher.update(chunk);
  }

  async value(): Promise<string> {
    await this.ready;
    const hasher = this.hasher;
    if (hasher === undefined) throw new Error('a checksum has one value');
    const value = hasher.digest('hex');
    this.hasher = undefined;
    free[this.algorithm].push(hasher);
    return value;
  }

  private begin(hasher: IHasher): void {
    hasher.init();
    for (const chunk of this.waiting.splice(0)) hasher.update(chunk);
    this.hasher = hasher;
  }
}

async function wasmHasher(algorithm: WasmAlgorithm): Promise<IHasher> {
  // Bundled, it is a CommonJS module: its exports are the default one.
  const { createCRC32, createCRC64 } = (await import('hash-wasm')).default;
  return algorithm === 'crc32c' ? createCRC32(polynomials.crc32c) : createCRC64(polynomials.crc64nvme);
}
