import type { StorageByKind } from './storage-kind';

/** A PersistentVolumeClaim that a storage kind names. */
export interface Claim {
  readonly claimName: string;
  /** Folder of the volume to mount; the whole volume if absent. */
  readonly subPath: string | undefined;
}

/** The claim of kind `pvc` in an input or an output. */
export function claimOf(storage: StorageByKind | undefined): Claim | undefined {
  const { claimName, subPath } = storage?.['pvc'] ?? {};
  if (typeof claimName !== 'string' || claimName === '') return undefined;
  return { claimName, subPath: typeof subPath === 'string' && subPath !== '' ? subPath : undefined };
}
