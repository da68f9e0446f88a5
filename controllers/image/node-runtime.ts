import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type Architecture, hostArchitecture, nodePackages } from './architecture';
import { run } from './command';
import { sha256OfFile } from './file-digest';
import type { LockedNode } from './image-lock';

const packageSchema = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).optional() });

/** Where Node for the image is looked for. */
export interface NodeSource {
  readonly architecture: Architecture;
  /** Source tree with its node_modules. */
  readonly root: string;
  /** Directory that keeps packages of other architectures between builds. */
  readonly cache: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Node's files on this machine. */
export interface NodeFiles {
  readonly binary: string;
  readonly license: string;
}

/**
 * Finds Node for the image: in node_modules when it is for this machine's architecture, else in npm's package for the
 * other one, which is downloaded once.
 *
 * @throws Error when it is not there, or is not the locked one
 */
export async function nodeRuntime(locked: LockedNode, source: NodeSource): Promise<NodeFiles> {
  const files = await findNode(locked.version, source);
  for (const [file, expected] of [
    [files.binary, locked.binary],
    [files.license, locked.license],
  ] as const) {
    const actual = await sha256OfFile(file);
    if (actual !== expected)
      throw new Error(
        `checking Node for the image: ${file} has SHA-256 ${actual}, locked is ${expected} (${locked.package} ${locked.version}): ` +
          'run npm ci, or npm run image -- --update-lock if package.json asks for another version',
      );
  }
  return files;
}

/** Locks the Node that package.json asks for. */
export async function lockNode(source: NodeSource): Promise<LockedNode> {
  const version = await installedVersion(source.root);
  const { binary, license } = await findNode(version, source);
  return {
    package: nodePackages[source.architecture],
    version,
    binary: await sha256OfFile(binary),
    license: await sha256OfFile(license),
  };
}

async function installedVersion(root: string): Promise<string> {
  const file = join(root, 'node_modules', 'node', 'package.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`reading ${file}: run npm ci`, { cause: error });
  });
  return packageSchema.parse(JSON.parse(text)).version;
}

async function findNode(version: string, { architecture, root, cache, environment }: NodeSource): Promise<NodeFiles> {
  const name = nodePackages[architecture];
  const directory =
    process.platform === 'linux' && architecture === hostArchitecture()
      ? join(root, 'node_modules', 'node', 'node_modules', name)
      : await packedNode(name, version, cache, environment);
  const files = { binary: join(directory, 'bin', 'node'), license: join(directory, 'LICENSE') };
  for (const file of Object.values(files)) {
    await sha256OfFile(file).catch((error: unknown) => {
      throw new Error(
        `reading Node for the image, ${file}: run npm ci; "allowScripts" in package.json lets its install script run`,
        { cause: error },
      );
    });
  }
  return files;
}

/** npm refuses to install a package for another processor; it downloads it all the same. */
async function packedNode(
  name: string,
  version: string,
  cache: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const directory = join(cache, `${name}-${version}`);
  if (existsSync(join(directory, 'LICENSE'))) return directory;
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, '.download-'));
  try {
    await run('npm', ['pack', '--silent', `--pack-destination=${unfinished}`, `${name}@${version}`], {
      cwd: tmpdir(),
      environment,
    });
    await run(
      'tar',
      ['--extract', '--gzip', '--file', `${name}-${version}.tgz`, 'package/bin/node', 'package/LICENSE'],
      {
        cwd: unfinished,
        environment,
      },
    );
    await rename(join(unfinished, 'package'), directory).catch((error: unknown) => {
      // Another build was faster: its package is as good as ours.
      if (!existsSync(join(directory, 'LICENSE'))) throw error;
    });
    return directory;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
