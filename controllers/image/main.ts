import { relative, resolve } from 'node:path';
import { UsageError } from '../runtime/usage-error';
import { layOutAppRoot } from './app-root';
import { buildImage } from './build-image';
import { imageCache } from './image-cache';
import { imageLockFile, readImageLock, writeImageLock } from './image-lock';
import { imageHelp, type ImageTask, parseImageTask } from './options';
import { currentInputs } from './update-lock';

const root = resolve(__dirname, '..', '..');
const environment = process.env;
const cache = imageCache(environment);
const say = (line: string) => process.stdout.write(`${line}\n`);

async function perform(task: ImageTask): Promise<void> {
  switch (task.do) {
    case 'help':
      process.stdout.write(imageHelp);
      return;
    case 'update-lock':
      return updateLock();
    case 'lay-out-app':
      await layOutAppRoot(root, task.out);
      say(`laid out the program in ${shown(task.out)}`);
      return;
    case 'build':
      return build(task);
  }
}

async function build({ architecture, out }: Extract<ImageTask, { do: 'build' }>): Promise<void> {
  const started = performance.now();
  const lock = await readImageLock(imageLockFile(root));
  const { digest, layers } = await buildImage({
    architecture,
    root,
    inputs: lock[architecture],
    out,
    cache,
    environment,
    log: say,
  });
  for (const { contents, size, unpackedSize } of layers)
    say(`layer: ${contents}: ${megabytes(size)}, unpacked ${megabytes(unpackedSize)}`);
  const sum = (sizes: readonly number[]) => megabytes(sizes.reduce((total, size) => total + size, 0));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(`size: ${sum(layers.map(({ size }) => size))}, unpacked ${sum(layers.map((layer) => layer.unpackedSize))}`);
  say(`digest: ${digest}`);
  say(`wrote the image for linux/${architecture} to ${shown(out)} in ${seconds} s`);
}

async function updateLock(): Promise<void> {
  const source = { root, cache, environment };
  say('asking apt and npm for the newest inputs');
  const lock = { amd64: await currentInputs('amd64', source), arm64: await currentInputs('arm64', source) };
  await writeImageLock(imageLockFile(root), lock);
  for (const [architecture, { debian, node }] of Object.entries(lock)) {
    const names = debian.map(({ name, version }) => `${name} ${version}`);
    say(`${architecture}: ${[...names, `${node.package} ${node.version}`].join(', ')}`);
  }
  say(`locked in ${shown(imageLockFile(root))}: commit it`);
}

/** MB of 10^6 bytes. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}

async function main(): Promise<void> {
  await perform(parseImageTask(process.argv.slice(2), process.cwd()));
}

main().catch((error: unknown) => {
  process.stderr.write(`image: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? error.exitCode : 1;
});
