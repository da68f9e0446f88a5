/** Kinds of archives that are unpacked. */
export type ArchiveKind = 'tar' | 'zip';

/** Extensions of tar archives. KServe's five, and those of zstd: how a tar is compressed is found out from its first bytes. */
const tarExtensions = ['.tar', '.tgz', '.tar.gz', '.tbz2', '.tar.bz2', '.txz', '.tar.xz', '.tzst', '.tar.zst'] as const;

/** Whether a file of this name is unpacked, and as what. Letters may be of any case. */
export function archiveKindOf(name: string): ArchiveKind | undefined {
  const lower = name.toLowerCase();
  if (lower.endsWith('.zip')) return 'zip';
  return tarExtensions.some((extension) => lower.endsWith(extension)) ? 'tar' : undefined;
}
