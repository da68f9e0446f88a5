import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** For esbuild: a bundle has no folder to read, so the Python files of the notebooks become texts in it (see python-files.ts). */
export const pythonInBundles = {
  name: 'python in bundles',
  setup({ onLoad }) {
    onLoad({ filter: /charts-src\/notebooks\/python-files\.ts$/ }, ({ path }) => {
      const folder = join(dirname(path), 'python');
      const texts = readdirSync(folder)
        .sort()
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
      const contents = `
        const texts = new Map(${JSON.stringify(texts)});
        export const pythonFile = (name) => texts.get(name);
      `;
      return { contents, loader: 'js' };
    });
  },
};
