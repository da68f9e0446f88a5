// Runs a bundle with the code that V8 compiled for it in an earlier run. Node's own compile cache keeps what V8 compiles
// before a module runs, which leaves out most functions: they compile when they are first called.
const { hash } = require('node:crypto');
const { readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { constants, Script } = require('node:vm');

const digestLength = 64;

/**
 * Runs a bundle in CommonJS form.
 *
 * @param {string} file absolute path of the bundle; beside it `FILE.code` is kept
 * @param {(name: string) => unknown} require what the bundle's `require` does
 * @returns {unknown} what it exports
 */
exports.run = (file, require) => {
  const text = readFileSync(file, 'utf8');
  const digest = hash('sha256', text);
  const module = { exports: {} };
  const parameters = { module, exports: module.exports, require, __dirname: dirname(file) };
  const script = new Script(`(function (${Object.keys(parameters).join(', ')}) {${text}\n})`, {
    filename: file,
    cachedData: codeOf(file, digest),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  // V8 refuses the code of another version of itself.
  if (script.cachedDataRejected !== false) {
    process.once('exit', () => keepCode(file, digest, script.createCachedData()));
  }
  script.runInThisContext()(...Object.values(parameters));
  return module.exports;
};

/** What is kept for exactly this text: V8 compares no more than its length. */
function codeOf(file, digest) {
  try {
    const kept = readFileSync(`${file}.code`);
    return kept.latin1Slice(0, digestLength) === digest ? kept.subarray(digestLength) : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, since another process may be reading; without it the next run takes longer, nothing else. */
function keepCode(file, digest, code) {
  const fresh = `${file}.code-${process.pid}`;
  try {
    writeFileSync(fresh, Buffer.concat([Buffer.from(digest, 'latin1'), code]));
    renameSync(fresh, `${file}.code`);
  } catch {
    rmSync(fresh, { force: true });
  }
}
