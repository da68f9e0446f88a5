import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** The root read-only and nothing else mounted; the mount ends with the namespace. */
const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec chroot $CHROOT_FLAGS "$0" "$@"';

/** Root changes the user with the root directory; others are given the user's number in a namespace of their own. */
const { namespace, chrootFlags } =
  process.getuid?.() === 0
    ? { namespace: ['unshare', '--mount'], chrootFlags: '--userspec=65532:65532 --groups=' }
    : {
        namespace: ['unshare', '--user', '--map-user=65532', '--map-group=65532', '--mount', '--keep-caps'],
        chrootFlags: '',
      };

/** Why programs can't be run in a root of their own here; undefined when they can. */
export function chrootForbidden(): string | undefined {
  const probe = spawnSync('env', [...namespace, 'true'], { encoding: 'utf8' });
  return probe.status === 0 ? undefined : (probe.error?.message ?? probe.stderr.trim());
}

/**
 * Runs a program of an unpacked image as user 65532, with the image as read-only root.
 *
 * @param command absolute path in the image, and arguments
 */
export function runInReadOnlyRoot(root: string, command: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync('env', [...namespace, 'sh', '-c', script, root, ...command], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], CHROOT_FLAGS: chrootFlags },
  });
}
