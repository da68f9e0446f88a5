import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Apt, withApt } from '../../../../controllers/image/apt';
import { hostArchitecture } from '../../../../controllers/image/architecture';
import { run } from '../../../../controllers/image/command';

/** A Chromium that can be started. */
export interface Chromium {
  readonly program: string;
  /** What it needs beside this process's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Small, without a window system; and letters, which a machine without a screen may not have. */
const wanted: readonly string[] = ['chromium-headless-shell', 'fonts-dejavu-core'];

/**
 * Packages that are not needed: the C library is the machine's, as long as the sources are the machine's too; programs that open
 * windows; scripts for installation.
 */
const unneeded = new Set(['libc6', 'libc-bin', 'debconf', 'lsb-base', 'sysvinit-utils', 'x11-utils', 'xdg-utils']);

/** The Chromium in a directory, if it is complete. */
export async function unpackedChromium(directory: string): Promise<Chromium | undefined> {
  const program = join(directory, 'usr/lib/chromium/chromium-headless-shell');
  const found = await stat(program).catch(() => undefined);
  if (found === undefined) return undefined;
  const machine = process.arch === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu';
  const libraries = [`usr/lib/${machine}`, `lib/${machine}`, `usr/lib/${machine}/pulseaudio`];
  return {
    program,
    environment: {
      LD_LIBRARY_PATH: libraries.map((path) => join(directory, path)).join(':'),
      FONTCONFIG_FILE: join(directory, fontsFile),
    },
  };
}

/**
 * Downloads Debian's Chromium with the libraries it needs by the machine's own apt, without installing anything, and unpacks it
 * into a directory, which appears complete or not at all; the one it is in has to be there.
 *
 * @throws PackagesUnavailable when there is no apt, or its sources have no Chromium
 */
export async function unpackChromium(
  directory: string,
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  const unfinished = await mkdtemp(join(dirname(directory), '.chromium-'));
  try {
    const packages = join(unfinished, 'packages');
    await mkdir(packages);
    log('downloading chromium from the sources of apt (once, about 100 MB)');
    await withApt(hostArchitecture(), environment, (apt) => downloadWithDependencies(apt, packages, environment));
    log('unpacking chromium');
    for (const name of await readdir(packages)) {
      await run('dpkg-deb', ['--extract', join(packages, name), unfinished], { environment });
    }
    await rm(packages, { recursive: true });
    await writeFile(join(unfinished, fontsFile), fontsOf(directory));
    await chmod(unfinished, 0o755);
    await rename(unfinished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Asking apt for the dependencies of one package after the other takes minutes; the packages themselves say them. */
async function downloadWithDependencies(apt: Apt, directory: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const found = new Set<string>();
  let names: readonly string[] = wanted;
  while (names.length > 0) {
    for (const name of names) found.add(name);
    await apt.download(await apt.newest(names), directory);
    const files = await readdir(directory);
    const fields = await Promise.all(
      files.map((file) => run('dpkg-deb', ['--field', join(directory, file), 'Depends'], { environment })),
    );
    names = [...new Set(fields.flatMap(packageNames))].filter((name) => !found.has(name) && !unneeded.has(name));
  }
}

/** Names in the value of `Depends`; of alternatives the first. */
function packageNames(depends: string): string[] {
  return depends.split(',').flatMap((alternatives) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(alternatives)?.[1] ?? []);
}

const fontsFile = 'fonts.conf';

function fontsOf(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>${directory}/usr/share/fonts</dir>
<cachedir>${directory}/fonts-cache</cachedir>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;
}
