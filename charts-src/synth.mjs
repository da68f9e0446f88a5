// `npm run synth`: bundles the app and runs it in the same process. ts-node runs the same app for `cdk8s synth`, in more
// than twice the time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pythonInBundles } from './notebooks/python-in-bundles.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = join(root, 'build');
const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  write: false,
  logLevel: 'error',
};

// The app is bundled anew each time, in tens of milliseconds. Its packages change when they are installed: they are bundled
// once, into one file that loads in half the time of the hundreds it is made of.
const packages = new Set();
const packagesApart = {
  name: 'packages apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (isBuiltin(path)) return { path, external: true };
      packages.add(path);
      return { path, namespace: 'package' };
    });
    onLoad({ filter: /.*/, namespace: 'package' }, ({ path }) => ({
      contents: `module.exports = bundledPackages[${JSON.stringify(path)}]();`,
    }));
  },
};

// A bundle has no folder to list: the environments are listed here, as charts-src/environments/environments.ts does it.
const environmentsListed = {
  name: 'environments listed',
  setup({ onLoad }) {
    onLoad({ filter: /charts-src\/environments\/environments\.ts$/ }, ({ path }) => {
      const folder = dirname(path);
      const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !/^environments?\.ts$/.test(file));
      const makers = files.sort().map((file) => {
        const name = parse(file).name;
        return `make(${JSON.stringify(name)}, require('./${name}'))`;
      });
      const contents = `
        const make = (name, exported) => {
          const variable = name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
          if (typeof exported[variable] === 'function') return exported[variable];
          throw new Error('reading charts-src/environments/' + name + '.ts: it exports no function ' + variable + ', which makes the environment');
        };
        export const environments = [${makers.join(', ')}];
      `;
      return { contents, resolveDir: folder, loader: 'js' };
    });
  },
};
const app = await build({
  ...options,
  entryPoints: ['charts-src/main.ts'],
  plugins: [environmentsListed, pythonInBundles, packagesApart],
});

const names = [...packages].sort();
const installed = readFileSync(join(root, 'node_modules/.package-lock.json'));
const hash = createHash('sha256').update(installed).update(names.join()).digest('hex').slice(0, 16);
const packagesFile = `packages-${hash}.cjs`;
mkdirSync(directory, { recursive: true });
if (!existsSync(join(directory, packagesFile))) {
  const members = names.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)})`);
  const contents = `module.exports = { ${members.join(', ')} };`;
  const bundled = await build({
    ...options,
    stdin: { contents, resolveDir: root },
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
  });
  writeFileSync(join(directory, packagesFile), bundled.outputFiles[0].text);
}

const outfile = join(directory, 'synth.cjs');
const header = [
  // Compiled code of the packages is kept between runs.
  "require('node:module').enableCompileCache(`${__dirname}/compile-cache`);",
  `const bundledPackages = require('./${packagesFile}');`,
];
writeFileSync(outfile, [...header, app.outputFiles[0].text].join('\n'));
createRequire(import.meta.url)(outfile);
