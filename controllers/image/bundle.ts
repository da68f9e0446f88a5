import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { builtinModulesRequired } from './builtin-modules';
import { packagesInPart } from './packages-in-part';

/** How the program is bundled. */
export interface BundleOptions {
  /** Directory that gets the files; made when it is not there. */
  readonly outDir: string;
  /** Smaller, and with one-line stack traces that still name functions. @default false */
  readonly minify?: boolean;
  /** Source tree with its node_modules. @default the one this file is in */
  readonly root?: string;
}

/** A bundled program. */
export interface Bundle {
  /** Path of the file that Node runs. */
  readonly program: string;
  /** Paths of all files, the program among them. */
  readonly files: readonly string[];
  /** Directories of the packages whose code is in the files, relative to the source tree, sorted. */
  readonly packages: readonly string[];
}

/**
 * Bundles the controllers and what they import, so that Node runs them without node_modules and reads three files instead
 * of a thousand. What is imported dynamically (the reader of kubeconfig files) becomes a file of its own that is read when
 * it is needed.
 *
 * The same sources give the same bytes, wherever they are.
 *
 * @throws Error with esbuild's messages
 */
export async function bundle({
  outDir,
  minify = false,
  root = resolve(__dirname, '..', '..'),
}: BundleOptions): Promise<Bundle> {
  const directory = resolve(outDir);
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { slipway: 'controllers/main.ts' },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Stack traces in logs keep the names of functions.
    minifyWhitespace: minify,
    minifySyntax: minify,
    legalComments: 'none',
    // A linked node_modules must not change the paths that names of chunks are made from.
    preserveSymlinks: true,
    tsconfig: join(root, 'tsconfig.json'),
    // CommonJS packages among the imports call require for Node's own modules, and name their directory.
    banner: {
      js: "import{createRequire as slipwayCreateRequire}from'node:module';const require=slipwayCreateRequire(import.meta.url);",
    },
    plugins: [builtinModulesRequired, packagesInPart],
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  await mkdir(directory, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  const files = outputFiles.map(({ path }) => path).sort();
  return {
    program: join(directory, 'slipway.mjs'),
    files,
    packages: packagesOf(Object.keys(metafile.inputs)),
  };
}

/** Directories of the packages that files belong to: `node_modules/pino`, `node_modules/a/node_modules/@b/c`. */
function packagesOf(files: readonly string[]): readonly string[] {
  const directories = files.flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(directories)].sort();
}
