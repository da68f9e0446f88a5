import type { BuiltInRuntime } from './built-in-runtime';
import { frameworkRuntimes } from './framework-runtimes';
import { languageModelRuntimes } from './language-model-runtimes';
import { multiNodeRuntime } from './multi-node-runtime';
import { serverRuntimes } from './server-runtimes';

/** Every model server that KServe has a runtime for. */
export const builtInRuntimes: readonly BuiltInRuntime[] = [
  ...frameworkRuntimes,
  ...serverRuntimes,
  ...languageModelRuntimes,
  multiNodeRuntime,
];

/** Runtimes that KServe's installation leaves out. */
export const leftOutByDefault: readonly string[] = ['kserve-openvino'];
