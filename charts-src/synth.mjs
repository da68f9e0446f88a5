// `npm run synth`: bundles the app and runs it in the same process. ts-node runs the same app for `cdk8s synth`, in more
// than twice the time.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const outfile = fileURLToPath(new URL('../build/synth.cjs', import.meta.url));
buildSync({
  entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  logLevel: 'error',
  // Loaded from node_modules: bundling them each time costs more than it saves.
  packages: 'external',
});
createRequire(import.meta.url)(outfile);
