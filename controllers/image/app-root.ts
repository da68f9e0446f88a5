import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodePath, programPath } from '../../definitions/names/controller';
import { bundle } from './bundle';
import { assertReplaceable } from './output-directory';

/** File names under which packages keep what their license asks to be passed on. */
const licenseName = /^(licen[sc]e|unlicense|copying|notice)(\.(md|txt))?$/i;

/**
 * Lays out the root of the program's layer: the bundle, `slipway` in the PATH, and the license of every package whose code
 * is in the bundle.
 *
 * @param directory becomes the root; what an earlier build left there goes
 * @throws Error with esbuild's messages, naming a package without license, or naming a directory that holds something else
 */
export async function layOutAppRoot(root: string, directory: string): Promise<void> {
  await assertReplaceable(directory, programPath);
  await rm(directory, { recursive: true, force: true });
  const { program, packages } = await bundle({ root, outDir: join(directory, dirname(programPath)), minify: true });
  await writeFile(program, `#!${nodePath}\n${await readFile(program, 'utf8')}`);
  await chmod(program, 0o755);
  await mkdir(join(directory, 'usr', 'bin'), { recursive: true });
  await symlink(programPath, join(directory, 'usr', 'bin', 'slipway'));
  for (const path of packages) await copyLicenses(root, path, join(directory, dirname(programPath), 'licenses'));
}

async function copyLicenses(root: string, path: string, licenses: string): Promise<void> {
  const name = path.replace(/^node_modules\//, '');
  // Some packages publish without their license: it is kept here, as their repository has it.
  const sources = [join(root, path), join(root, 'controllers', 'image', 'licenses', name)];
  const target = join(licenses, name);
  for (const source of sources) {
    const files = (await readdir(source).catch(() => [])).filter((file) => licenseName.test(file));
    if (files.length === 0) continue;
    await mkdir(target, { recursive: true });
    for (const file of files) await copyFile(join(source, file), join(target, file));
    return;
  }
  throw new Error(
    `collecting licenses for the image: ${path} has none: leave it out, or put it into controllers/image/licenses`,
  );
}
