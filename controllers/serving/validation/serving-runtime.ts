import { containerNames, servingAnnotations } from '../../../definitions/names/serving';
import type { ClusterServingRuntime } from '../../../definitions/serving/cluster-serving-runtime';
import type { ServingRuntime } from '../../../definitions/serving/serving-runtime';
import { environmentNames, variableNamed } from './environment';
import { type MultiNodeSettings, asksForUnknownGpu, knownGpus, refusedParallelism } from './gpu-resources';
import { pythonPathIn } from './python-path';
import { type RuntimeKind, refusedConflict, refusedPriorities } from './runtime-priority';
import { type Refusal, type Verdict, firstRefusal, verdict } from './verdict';

export type Runtime = ServingRuntime | ClusterServingRuntime;

/** A write of a runtime that waits for admission. */
export interface RuntimeReview {
  readonly kind: RuntimeKind;
  readonly object: Runtime;
  /** The stored object, of an update. */
  readonly old?: Runtime | undefined;
  /** Runtimes of the same kind: for a ServingRuntime those of its namespace. May hold the stored object itself. */
  readonly existing: readonly Runtime[];
}

/** Accepts or refuses a runtime. A disabled one is nobody's choice and accepted as it is. */
export function validateServingRuntime(review: RuntimeReview, settings: MultiNodeSettings): Verdict {
  const { kind, object, old, existing } = review;
  const { metadata, spec } = object;
  if (spec.disabled === true) return verdict(undefined);
  const multiNode = refusedMultiNode(object, old, settings);
  return verdict(
    refusedPriorities(kind, object) ??
      firstRefusal(existing, (other) => refusedConflict(kind, object, other)) ??
      (multiNode && `the ${kind} ${metadata.name} is invalid: ${multiNode}`) ??
      pythonPathIn(`${kind} "${metadata.name}"`, [...spec.containers, ...(spec.workerSpec?.containers ?? [])]),
  );
}

function refusedMultiNode({ spec }: Runtime, old: Runtime | undefined, settings: MultiNodeSettings): Refusal {
  const { workerSpec, containers, annotations } = spec;
  if (workerSpec === undefined) {
    return old?.spec.workerSpec && 'removing workerSpec where it already exists is not allowed';
  }
  const [worker, ...more] = workerSpec.containers;
  if (worker === undefined) return `workerSpec has no container; add ${containerNames.worker}`;
  if (more.length > 0) return 'setting multiple containers in workerSpec is not allowed';
  const main = containers.find(({ name }) => name === containerNames.main) ?? {};
  const split = [environmentNames.pipelineParallelSize, environmentNames.tensorParallelSize].find(
    (variable) => variableNamed(main, variable) !== undefined,
  );
  if (split !== undefined) return `setting ${split} in environment variables is not allowed`;
  const gpus = knownGpus(annotations?.[servingAnnotations.gpuResourceTypes], settings);
  if ('refusal' in gpus) return gpus.refusal;
  const unknown = 'unknown GPU resource type in a container';
  if (asksForUnknownGpu(main, gpus.names)) return `${unknown}(${containerNames.main})`;
  if (asksForUnknownGpu(worker, gpus.names)) return `${unknown}(${containerNames.worker})`;
  return refusedParallelism(workerSpec, 'the ');
}
