import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { CommandMissing } from '../../../../controllers/image/command';
import { withBuildLock } from '../../../cluster/binaries/build-lock';
import { userCache } from '../../../cluster/binaries/tool-cache';
import { type Chromium, unpackChromium, unpackedChromium } from './debian-chromium';

/** Names under which distributions and vendors install it. */
const programNames = ['chromium', 'chromium-headless-shell', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * A Chromium that is ready to be started: the one that CHROMIUM names, an installed one, one that was unpacked before, or Debian's,
 * fetched by apt into the user's cache without installing anything.
 *
 * @throws one message that says what to install when there is none to be had
 */
export async function chromium(environment: NodeJS.ProcessEnv, log: (line: string) => void): Promise<Chromium> {
  const named = environment['CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return { program: named, environment: {} };
    throw new Error(`CHROMIUM is ${named}, which is no program: correct or unset it`);
  }
  for (const program of candidates(environment)) {
    if (await isExecutable(program)) return { program, environment: {} };
  }
  const cache = join(userCache(environment), 'slipway');
  const directory = join(cache, `chromium-${process.arch}`);
  const present = await unpackedChromium(directory);
  if (present !== undefined) return present;
  const got = await obtain(directory, environment, log).catch((error: unknown) => {
    throw new Error(`${howToGet}: ${whyNot(error)}`, { cause: error });
  });
  if (got === undefined) throw new Error(`what apt downloaded has no chromium: look into ${directory}`);
  return got;
}

const howToGet =
  'no chromium on this machine and no way to get one: install chromium or chrome, or set CHROMIUM to the path of one';

/** What apt's own message advises is about images. */
function whyNot(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof CommandMissing ? error.cause : error;
  return reason instanceof Error ? reason.message : String(reason);
}

/** Looks again first: whoever held the lock before was after the same. */
async function obtain(
  directory: string,
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<Chromium | undefined> {
  const work = async () => {
    if ((await unpackedChromium(directory)) === undefined) await unpackChromium(directory, environment, log);
    return unpackedChromium(directory);
  };
  await mkdir(dirname(directory), { recursive: true });
  return withBuildLock(`${directory}.lock`, work, () => undefined);
}

function candidates({ PATH = '' }: NodeJS.ProcessEnv): string[] {
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return programNames.flatMap((name) => folders.map((folder) => join(folder, name)));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
