import { createRequire, isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const requireBuiltin = createRequire(__filename);

/**
 * Takes Node's own modules by `require`, and of each the members that are named. An `import` makes Node read every member of the module, the
 * lazy ones too, and so does a copy of a required one: that of `node:http` loads Node's copy of undici, for `WebSocket`, which doubles the
 * time in which Node starts; that of `node:util` loads worker threads and the standard streams.
 */
export const builtinModulesRequired: Plugin = {
  name: 'builtin modules required',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (kind !== 'import-statement' || !isBuiltin(path)) return undefined;
      return { path, namespace: 'builtin', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: membersOf(path) }));
  },
};

/** An ES module with the members of Node's; esbuild drops those that nobody names, as the annotations allow. */
function membersOf(path: string): string {
  const names = Object.keys(requireBuiltin(path) as object).filter((name) => name !== 'default');
  return [
    `const builtin = /* @__PURE__ */ require(${JSON.stringify(path)});`,
    'export default builtin;',
    ...names.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`),
  ].join('\n');
}
