import type { k8s } from 'cdk8s-plus-28';
import { nodePath, programPath } from '../../definitions/names/controller';

/**
 * Flags that NODE_OPTIONS refuses. Peak memory of registry sync with 1,000 InferenceServices: 170 MB without, 130 MB when the heap is
 * collected early, 119 MB when WebAssembly (undici's HTTP parser) is compiled once and simply, 104 MB without the optimizing
 * compilers, whose working memory is worth more here than the time of a process that mostly waits.
 */
const nodeFlags = ['--optimize-for-size', '--liftoff-only', '--no-turbofan', '--no-maglev'];

/** Seconds in which a stopped manager ends its work. */
const gracefulStopSeconds = 30;

/** Upstream's 10 s would cut work that the manager is still ending. */
export const terminationGracePeriodSeconds = gracefulStopSeconds + 5;

/** How the container of a controller starts; the component and its flags are arguments. */
export const controllerCommand = [nodePath, ...nodeFlags, programPath];

/** Variables of every controller: who it is, and how Node works in a small pod whose `/tmp` is a volume. */
export const controllerVariables: readonly k8s.EnvVar[] = [
  fromField('POD_NAME', 'metadata.name'),
  fromField('POD_NAMESPACE', 'metadata.namespace'),
  // A young generation of 2 MB instead of 16 costs a little CPU and saves 5 MB for good; 1 MB took a tenth of the time.
  { name: 'NODE_OPTIONS', value: '--max-semi-space-size=2' },
  { name: 'NODE_COMPILE_CACHE', value: '/tmp/node-compile-cache' },
];

function fromField(name: string, fieldPath: string): k8s.EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
