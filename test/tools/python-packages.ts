import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withBuildLock } from '../cluster/binaries/build-lock';
import { userCache } from '../cluster/binaries/tool-cache';

const run = promisify(execFile);

/** A Python that has what `test/tools/python/requirements.txt` lists. */
export interface PythonWithPackages {
  readonly python: string;
  /** Value of PYTHONPATH. */
  readonly packages: string;
}

const requirements = join(__dirname, 'python', 'requirements.txt');

/**
 * Installs the packages that tests with Python need into the user's cache: seconds once. The interpreter and its own packages stay as
 * they are.
 *
 * @throws saying what is missing on this machine
 */
export async function pythonPackages(): Promise<PythonWithPackages> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const cache = join(userCache(process.env), 'slipway');
  const packages = join(cache, `python-${digest}`);
  const python = await interpreter();
  if (await exists(packages)) return { python, packages };
  await mkdir(cache, { recursive: true });
  await withBuildLock(
    `${packages}.lock`,
    async () => {
      if (!(await exists(packages))) await install(python, packages);
    },
    (seconds) => {
      if (seconds > 0 && seconds % 15 === 0)
        say(`waiting for another process that installs Python packages ... ${seconds} s`);
    },
  );
  return { python, packages };
}

/** The program itself: version managers put scripts in its place, which take longer than most notebooks. */
async function interpreter(): Promise<string> {
  try {
    const { stdout } = await run('python3', ['-c', 'import sys; print(sys.executable)']);
    return stdout.trim();
  } catch (error) {
    throw new Error('looking for Python: python3 is not on the PATH; install Python 3.9 or later with pip', {
      cause: error,
    });
  }
}

async function install(python: string, packages: string): Promise<void> {
  say('installing the CrateDB client for Python (once)');
  const fresh = `${packages}.new`;
  await rm(fresh, { recursive: true, force: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  try {
    await run(python, [...pip, '--require-hashes', '--target', fresh, '--requirement', requirements]);
  } catch (error) {
    throw new Error('installing the CrateDB client: it needs python3 3.9 or later with pip, and a package index', {
      cause: error,
    });
  }
  await rename(fresh, packages);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
