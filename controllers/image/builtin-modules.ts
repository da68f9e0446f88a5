import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Takes Node's own modules by `require`. An `import` makes Node read every member of the module, the lazy ones too: that of `node:http`
 * alone loads Node's copy of undici, for `WebSocket`, which doubles the time in which Node starts.
 */
export const builtinModulesRequired: Plugin = {
  name: 'builtin modules required',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (kind !== 'import-statement' || !isBuiltin(path)) return undefined;
      return { path, namespace: 'builtin' };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
