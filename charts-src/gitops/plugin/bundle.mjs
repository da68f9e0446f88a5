// Makes the config-management plugin for Argo CD: plugin.yaml and one file that needs nothing but Node, so that no sync waits
// for an installation of packages.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pythonInBundles } from '../../notebooks/python-in-bundles.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const directory = resolve(process.argv[2] ?? join(root, 'build/plugin'));
mkdirSync(directory, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ['charts-src/gitops/plugin/main.ts'],
  outfile: join(directory, 'synth.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // Names are kept: cdk8s tells constructs apart by them in its messages.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'error',
  plugins: [pythonInBundles],
});
copyFileSync(join(root, 'charts-src/gitops/plugin/plugin.yaml'), join(directory, 'plugin.yaml'));
process.stdout.write(`${directory}\n`);
