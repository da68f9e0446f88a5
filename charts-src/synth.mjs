// `npm run synth`: bundles the app and runs it in the same process. ts-node runs the same app for `cdk8s synth`, in more
// than twice the time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

// The app is bundled anew each time, in tens of milliseconds. Its packages change when they are installed: they are bundled
// once, into one file that loads in half the time of the hundreds it is made of.
const app = await build({
  ...options,
  entryPoints: ['charts-src/main.ts'],
  outfile: 'app.cjs',
  packages: 'external',
  metafile: true,
  plugins: [environmentsListed, pythonInBundles],
});
const imports = app.metafile.outputs['app.cjs'].imports.map(({ path }) => path);
const names = [...new Set(imports)].filter((path) => !isBuiltin(path)).sort();

const installed = readFileSync(join(root, 'node_modules/.package-lock.json'));
const hash = createHash('sha256')
  .update(installed)
  .update(readFileSync(fileURLToPath(import.meta.url)));
const packagesFile = `packages-${hash.update(names.join()).digest('hex').slice(0, 16)}.cjs`;
mkdirSync(directory, { recursive: true });
if (!existsSync(join(directory, packagesFile))) {
  const members = names.map((name) => `${JSON.stringify(name)}: () => ${packageExports(name)}`);
  const bundled = await build({
    ...options,
    stdin: { contents: `module.exports = { ${members.join(', ')} };`, resolveDir: root },
    mainFields: ['module', 'main'],
    // ES modules, where a package has both, become one scope.
    conditions: ['import'],
    minifySyntax: true,
    minifyWhitespace: true,
  });
  put(packagesFile, bundled.outputFiles[0].text);
}
put('app.cjs', app.outputFiles[0].text);
put(
  'synth.cjs',
  `const { run } = require('../charts-src/compiled-code.cjs');
const packages = run(\`\${__dirname}/${packagesFile}\`, require);
// What a package exports is the prototype: esbuild copies an object's own members for every file that imports it.
const requireBundled = (name) => (name in packages ? Object.create(packages[name]()) : require(name));
run(\`\${__dirname}/app.cjs\`, requireBundled);
`,
);
createRequire(import.meta.url)(join(directory, 'synth.cjs'));

/** Of cdk8s-plus we use the objects of Kubernetes; its constructs take time to load, and are there for who uses them. */
function packageExports(name) {
  const all = `require(${JSON.stringify(name)})`;
  if (name !== 'cdk8s-plus-28') return all;
  return `Object.create(
    new Proxy({}, { get: (_, member) => ${all}[member] }),
    { __esModule: { value: true }, k8s: { get: () => require('cdk8s-plus-28/lib/imports/k8s') } },
  )`;
}

/** Writes a file whole or not at all: another synth may be reading. */
function put(name, text) {
  const path = join(directory, name);
  writeFileSync(`${path}-${process.pid}`, text);
  renameSync(`${path}-${process.pid}`, path);
}
