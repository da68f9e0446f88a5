// `npm run synth`: bundles the app, unless its sources are those of the last time, and runs it in the same process. ts-node
// runs the same app for `cdk8s synth`, in more than twice the time.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = join(root, 'build');
const lock = 'node_modules/.package-lock.json';
/** Everything that can change the bundles. */
const sources = ['charts-src', 'definitions', 'imports', 'package.json', 'tsconfig.json', lock];
/** First line of app.cjs: what it was made from. One file, so that two runs at a time can't mix both. */
const madeFrom = `// ${digestOfSources()}\n`;
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

if (!isCurrent()) await bundle();
createRequire(import.meta.url)(join(directory, 'synth.cjs'));

/** Whether app.cjs was made from the sources as they are. */
function isCurrent() {
  const app = join(directory, 'app.cjs');
  if (!existsSync(app) || !existsSync(join(directory, 'synth.cjs'))) return false;
  const head = Buffer.alloc(Buffer.byteLength(madeFrom));
  const descriptor = openSync(app);
  readSync(descriptor, head);
  closeSync(descriptor);
  return head.toString() === madeFrom;
}

/** Names, sizes and times of change, which nobody can set back: a copy of the tree has other ones. */
function digestOfSources() {
  const hash = createHash('sha256');
  const add = (path) => {
    // Editors put names beside a file that lead nowhere, or are gone a moment later.
    const there = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false });
    if (there !== undefined) hash.update(`${path} ${there.size} ${there.ctimeNs} ${there.ino}\n`);
  };
  for (const source of sources) {
    add(source);
    if (lstatSync(join(root, source)).isDirectory())
      for (const name of readdirSync(join(root, source), { recursive: true }).sort()) add(`${source}/${name}`);
  }
  return hash.digest('hex');
}

/**
 * Bundles the app in tens of milliseconds. Its packages change when they are installed: they are bundled once, into one file that loads in
 * half the time of the hundreds it is made of.
 */
async function bundle() {
  const { build } = await import('esbuild');
  const { pythonInBundles } = await import('./notebooks/python-in-bundles.mjs');
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

  const installed = readFileSync(join(root, lock));
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
  put(
    'synth.cjs',
    `const { run } = require('../charts-src/compiled-code.cjs');
const packages = run(\`\${__dirname}/${packagesFile}\`, require);
const loaded = {};
// What a package exports is asked for once, and is the prototype: esbuild copies an object's own members for every file that imports it.
const requireBundled = (name) => (name in packages ? Object.create((loaded[name] ??= packages[name]())) : require(name));
run(\`\${__dirname}/app.cjs\`, requireBundled);
`,
  );
  // An environment may import something of its user's from elsewhere: then nobody knows what has not changed.
  const isSource = (path) => sources.some((source) => path === source || path.startsWith(`${source}/`));
  const known = Object.keys(app.metafile.inputs).every(isSource);
  // Last: it vouches for the others.
  put('app.cjs', (known ? madeFrom : '') + app.outputFiles[0].text);
}

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
