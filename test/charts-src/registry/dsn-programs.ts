import { createHash } from 'node:crypto';
import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { withBuildLock } from '../../cluster/binaries/build-lock';
import { goBuildProgram, goInstalled } from '../../cluster/binaries/go-build';
import { userCache } from '../../cluster/binaries/tool-cache';

const dsnModule = resolve(__dirname, '..', '..', 'tools', 'dsn');
const programs = ['connect', 'mysql-server'] as const;

/** Program of test/tools/dsn. */
export type DsnProgram = (typeof programs)[number];

/**
 * Path of a program of test/tools/dsn: from the user's cache, else built into it by Go, once for each state of the module.
 *
 * @param log receives lines of progress
 * @throws saying what to install when there is no Go
 */
export async function dsnProgram(name: DsnProgram, log: (line: string) => void): Promise<string> {
  const directory = await cacheDirectory();
  const path = join(directory, name);
  if (await isExecutable(path)) return path;
  if (!(await goInstalled())) {
    const from = relative(process.cwd(), dsnModule);
    throw new Error(
      `no ${name} on this machine: install Go 1.25 or later (https://go.dev/dl), it is built from ${from}`,
    );
  }
  await mkdir(directory, { recursive: true });
  const waiting = (seconds: number) => {
    if (seconds > 0 && seconds % 15 === 0) log(`waiting for another process that builds ${name} ... ${seconds} s`);
  };
  await withBuildLock(
    join(directory, `.${name}.lock`),
    async () => {
      if (await isExecutable(path)) return;
      // Without the tag its regular expressions are ICU's, which need a C compiler.
      const tags = ['gms_pure_go'];
      await goBuildProgram(
        { name, module: dsnModule, goPackage: `./${name}`, ldflags: ['-s', '-w'], tags },
        directory,
        log,
      );
    },
    waiting,
  );
  return path;
}

async function cacheDirectory(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', ...programs.map((name) => `${name}/main.go`)]) {
    hash.update(await readFile(join(dsnModule, file)));
  }
  const key = `dsn-${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
  return join(userCache(process.env), 'slipway', key);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
