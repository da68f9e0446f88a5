import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Drift, findDrift } from './drift';
import { imageReference } from '../images';
import { generateImports } from './generate';
import { digestOf } from './image-digests';
import { updateImageLock } from './image-lock';
import { foreignCrdSets } from './sources';

/**
 * `npm run import`: brings `imports/` up to date with the table. With `--check` it only reports what is not, and exits 1
 * if anything is. `--output` names another folder than `imports/`; everything in it that is not generated is removed.
 * With `--images` it asks the registries for the digests of all images instead, and writes them to `images.lock.json`.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      images: { type: 'boolean', default: false },
      output: { type: 'string', default: resolve(__dirname, '..', '..', 'imports') },
    },
  });
  if (values.images) return pinImages();
  const wanted = await generateImports(foreignCrdSets);
  const drift = findDrift(await readImports(values.output), wanted);
  if (!values.check) await correct(drift, wanted, values.output);
  for (const { file, change } of drift) console.log(`imports/${file}: ${values.check ? change : corrected[change]}`);
  if (values.check && drift.length > 0) {
    console.error('imports/ does not match charts-src/import/sources.ts: run npm run import and commit the result');
    process.exitCode = 1;
  } else {
    console.log(`imports/ holds ${wanted.size} generated files, all current`);
  }
}

async function pinImages(): Promise<void> {
  const { repinned, notAsked } = await updateImageLock(resolve(__dirname, '..', 'images.lock.json'), digestOf);
  for (const { name, image, before } of repinned) {
    console.log(`${name}: ${imageReference(image)}, before ${before ?? 'without digest'}`);
  }
  for (const { name, cause } of notAsked) console.error(`${name}: left as it is: ${cause}`);
  if (notAsked.length > 0) process.exitCode = 1;
  else if (repinned.length === 0) console.log('all digests are current');
  if (repinned.length > 0) console.log('run npm run synth and review what changes');
}

const corrected: Record<Drift['change'], string> = { missing: 'created', different: 'rewritten', obsolete: 'removed' };

async function readImports(directory: string): Promise<Map<string, string>> {
  await mkdir(directory, { recursive: true });
  const names = await readdir(directory);
  const entries = names.map(async (name): Promise<[string, string]> => [
    name,
    await readFile(join(directory, name), 'utf8'),
  ]);
  return new Map(await Promise.all(entries));
}

async function correct(drift: readonly Drift[], wanted: ReadonlyMap<string, string>, directory: string): Promise<void> {
  for (const { file } of drift) {
    const content = wanted.get(file);
    if (content === undefined) await rm(join(directory, file));
    else await writeFile(join(directory, file), content);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
