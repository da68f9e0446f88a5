// `npm run synth`: bundles the app and runs it in the same process. ts-node runs the same app for `cdk8s synth`, in more
// than twice the time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
const app = await build({ ...options, entryPoints: ['charts-src/main.ts'], plugins: [packagesApart] });

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
