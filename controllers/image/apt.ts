import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from './architecture';
import { CommandMissing, run } from './command';
import type { LockedPackage } from './image-lock';

/** apt is not installed, its sources can't be reached, or they do not have the version that is asked for. */
export class PackagesUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'PackagesUnavailable';
  }
}

/** apt with fresh lists of the machine's own sources. */
export interface Apt {
  /** The newest packages of these names that the sources have. */
  newest(names: readonly string[]): Promise<readonly LockedPackage[]>;
  /** Value of `Depends` of the newest package of this name. */
  dependencies(name: string): Promise<string>;
  /** Downloads these versions into a directory; their names there are apt's choice. */
  download(packages: readonly Pick<LockedPackage, 'name' | 'version'>[], directory: string): Promise<void>;
}

/**
 * Lends apt to `use`: sources, keys and proxy are those that the machine is configured with, everything it writes is in a
 * temporary directory. So nobody has to be root, lists are never stale, and packages of another architecture than the
 * machine's are found.
 *
 * @throws PackagesUnavailable
 */
export async function withApt<Result>(
  architecture: Architecture,
  environment: NodeJS.ProcessEnv,
  use: (apt: Apt) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-apt-'));
  try {
    const options = await privateOptions(directory, architecture);
    const apt: RunApt = (command, args, cwd = directory) =>
      run(command, [...options, ...args], { cwd, environment, title: [command, ...args].join(' ') });
    const unreachable = await updateLists(apt);
    return await use(withRunner(apt)).catch((error: unknown) => {
      throw unavailable([unreachable, error].filter((one) => one !== undefined));
    });
  } catch (error) {
    throw error instanceof CommandMissing ? noApt(error) : error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type RunApt = (command: 'apt-get' | 'apt-cache', args: readonly string[], cwd?: string) => Promise<string>;

/**
 * A source that can't be reached matters only if a package is missing in the end.
 *
 * @returns what went wrong
 */
async function updateLists(apt: RunApt): Promise<Error | undefined> {
  try {
    await apt('apt-get', ['-o', 'APT::Update::Error-Mode=any', 'update']);
    return undefined;
  } catch (error) {
    if (error instanceof CommandMissing || !(error instanceof Error)) throw error;
    return error;
  }
}

function withRunner(apt: RunApt): Apt {
  return {
    newest: async (names) => parseUris(await apt('apt-get', ['download', '--print-uris', ...names])),
    dependencies: async (name) =>
      /^Depends: (.*)$/m.exec(await apt('apt-cache', ['--no-all-versions', 'show', name]))?.[1] ?? '',
    download: async (packages, into) => {
      await apt('apt-get', ['download', ...packages.map(({ name, version }) => `${name}=${version}`)], into);
    },
  };
}

async function privateOptions(directory: string, architecture: Architecture): Promise<readonly string[]> {
  await mkdir(join(directory, 'lists', 'partial'), { recursive: true });
  await mkdir(join(directory, 'archives', 'partial'), { recursive: true });
  // What is installed here must not influence which version is the newest to be had.
  await writeFile(join(directory, 'status'), '');
  return [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    `Dir::State=${directory}`,
    `Dir::State::status=${join(directory, 'status')}`,
    `Dir::Cache=${directory}`,
    // As root apt hands downloads to a user who may not write here.
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::http::Timeout=30',
    'Acquire::https::Timeout=30',
  ].flatMap((option) => ['-o', option]);
}

function unavailable(errors: readonly unknown[]): PackagesUnavailable {
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  return new PackagesUnavailable(messages.join('\n'), errors.at(-1));
}

function noApt(error: CommandMissing): PackagesUnavailable {
  const advice = 'build on a Debian machine (or in a Debian container), or use the Containerfile';
  return new PackagesUnavailable(`${error.message}: Debian packages come through apt: ${advice}`, error);
}

/**
 * Reads `apt-get download --print-uris`: `'URI' file size SHA256:hex`, one line a package.
 *
 * @throws PackagesUnavailable quoting a line that is not of this form
 */
export function parseUris(output: string): readonly LockedPackage[] {
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, uri = '', name = '', version = '', sha256 = ''] =
      /^'([^']+)' ([^_ ]+)_([^_ ]+)_[^_ ]+\.deb \d+ SHA256:([0-9a-f]{64})$/.exec(line) ?? [];
    const pool = /\/(pool\/.+)$/.exec(uri)?.[1];
    if (pool === undefined)
      throw new PackagesUnavailable(`asking apt for packages: it answered ${JSON.stringify(line)}`);
    return { name, version: decodeURIComponent(version), pool: decodeURIComponent(pool), sha256 };
  });
}
