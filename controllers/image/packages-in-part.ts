import type { Plugin } from 'esbuild';

/** What our code takes from undici, and where undici keeps it. A name that is missing here would be undefined in the bundle. */
export const undici = {
  Agent: 'dispatcher/agent',
  buildConnector: 'core/connect',
  Dispatcher: 'dispatcher/dispatcher',
  EnvHttpProxyAgent: 'dispatcher/env-http-proxy-agent',
  Pool: 'dispatcher/pool',
  ProxyAgent: 'dispatcher/proxy-agent',
  Socks5ProxyAgent: 'dispatcher/socks5-proxy-agent',
};

/** Modules that stand for others, by the name that is imported. Each member is loaded when it is used. */
const parts: Readonly<Record<string, string>> = {
  // The first line as undici's own index has it.
  undici: `Object.assign(require('undici/lib/dispatcher/dispatcher').prototype, require('undici/lib/api'));
    module.exports = { ${getters(undici, (_, file) => `require('undici/lib/${file}')`)} };`,
  // prom-client asks it for the trace of an exemplar; our metrics have none.
  '@opentelemetry/api': `module.exports = {
    ${getters({ trace: '', context: '' }, (name) => `require('@opentelemetry/api').${name}`)}
  };`,
  // Metrics of ours are asked for, never pushed; pushing would load Node's HTTPS and compression.
  './lib/pushgateway': 'module.exports = undefined;',
  // A function: HTTP/2, which no connection of ours speaks.
  './client-h2.js': "module.exports = (...args) => require('../dispatcher/client-h2.js')(...args);",
};

const namespace = 'in part';

/**
 * Of packages that every process loads, takes what our code uses. The rest of undici (fetch, WebSockets, caches, mocks, HTTP/2) is
 * half of its code and takes longer to load than what is used.
 */
export const packagesInPart: Plugin = {
  name: 'packages in part',
  setup(build) {
    build.onResolve({ filter: /^(undici|@opentelemetry\/api|\.\/client-h2\.js|\.\/lib\/pushgateway)$/ }, (asked) => {
      const byPackage = asked.importer.includes('node_modules');
      // The part itself takes the whole; other packages may use all of undici.
      const whole = asked.namespace === namespace || (asked.path === 'undici' && byPackage);
      return whole ? undefined : { path: asked.path, namespace, pluginData: asked.resolveDir };
    });
    build.onLoad(
      { filter: /.*/, namespace },
      ({ path, pluginData: resolveDir }: { path: string; pluginData: string }) => ({
        contents: parts[path] ?? '',
        resolveDir,
      }),
    );
  },
};

function getters(members: Readonly<Record<string, string>>, source: (name: string, file: string) => string): string {
  return Object.entries(members)
    .map(([name, file]) => `get ${name}() { return ${source(name, file)}; }`)
    .join(', ');
}
