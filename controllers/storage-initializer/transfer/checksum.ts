import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { StorageError } from '../storage-error';
import type { Checksums } from '../source';

/** Checksums that are computed over the bytes in their order. */
export type ChecksumAlgorithm = 'crc32' | 'md5' | 'sha1' | 'sha256';

/** A checksum while the bytes come. */
export interface RunningChecksum {
  readonly algorithm: ChecksumAlgorithm;
  update(chunk: Buffer): void;
  /** Lower-case hexadecimal. */
  value(): string;
}

/** Cheapest first. A GB takes 0.1 s with CRC-32, 0.6 s with SHA-256, 1.6 s with MD5 on the machines we measured. */
const byCost: readonly ChecksumAlgorithm[] = ['crc32', 'sha256', 'sha1', 'md5'];

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
  const hash = createHash(algorithm);
  return { algorithm, update: (chunk) => void hash.update(chunk), value: () => hash.digest('hex') };
}

/** @throws StorageError `corrupt` when a checksum is not the promised one */
export function verifyChecksums(name: string, computed: readonly RunningChecksum[], known: Checksums): void {
  for (const checksum of computed) {
    const { algorithm } = checksum;
    const [got, promised] = [checksum.value(), known[algorithm]];
    if (got !== promised) {
      throw new StorageError('corrupt', `${name}: ${algorithm} of what arrived is ${got}, promised was ${promised}`);
    }
  }
}
