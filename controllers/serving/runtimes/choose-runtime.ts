import type { ClusterServingRuntime } from '../../../definitions/serving/cluster-serving-runtime';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ServingRuntime } from '../../../definitions/serving/serving-runtime';
import type { ServingRuntimeSpec } from '../../../definitions/serving/serving-runtime-spec';
import type { ChosenRuntime } from '../component-plan';
import { PredictorFailure } from '../predictor-failure';
import { loads, loadsAutomatically, priorityFor, type WantedFormat } from './model-format';
import { protocolRank, speaks } from './protocols';

/** The model of a predictor. */
export type Model = NonNullable<InferenceService['spec']['predictor']['model']>;

/** Runtimes that a predictor may use. */
export interface RuntimeCandidates {
  /** Those of the InferenceService's namespace. */
  readonly namespaced: readonly ServingRuntime[];
  readonly cluster: readonly ClusterServingRuntime[];
}

/** A runtime that serves a predictor, with what is needed of it. */
export interface FoundRuntime extends ChosenRuntime {
  /** Of the runtime object itself, not of its pods. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: ServingRuntimeSpec;
}

/**
 * The runtime that a model names, else the best for its format: by priority, then by the simplest protocol, then the
 * newest. A runtime of the namespace comes before every runtime of the cluster.
 *
 * @param multiNode whether the model is split over several nodes; a named runtime is not held against it
 * @throws PredictorFailure when there is none
 */
export function chooseRuntime(model: Model, candidates: RuntimeCandidates, multiNode: boolean): FoundRuntime {
  const named = model.runtime ?? '';
  return named === '' ? bestRuntime(model, candidates, multiNode) : namedRuntime(named, model, candidates);
}

function namedRuntime(name: string, model: Model, { namespaced, cluster }: RuntimeCandidates): FoundRuntime {
  const found =
    foundAs(
      'ServingRuntime',
      namespaced.find(({ metadata }) => metadata.name === name),
    ) ??
    foundAs(
      'ClusterServingRuntime',
      cluster.find(({ metadata }) => metadata.name === name),
    );
  if (found === undefined) {
    throw new PredictorFailure(
      'RuntimeNotRecognized',
      'Waiting for runtime to become available',
      `No ServingRuntimes or ClusterServingRuntimes with the name: ${name}`,
    );
  }
  const { spec, kind } = found;
  if (spec.disabled === true) {
    const message = `specified runtime ${name} is disabled`;
    throw new PredictorFailure('RuntimeDisabled', 'Specified runtime is disabled', message, { kind, name });
  }
  const unsupported = (what: string) =>
    new PredictorFailure(
      'NoSupportingRuntime',
      `Specified runtime does not support specified ${what}`,
      `specified runtime ${name} does not support specified ${what}`,
      { kind, name },
    );
  const protocol = model.protocolVersion ?? '';
  if (protocol !== '' && !speaks(spec.protocolVersions, protocol)) {
    throw unsupported('protocol version');
  }
  if (!loads(spec.supportedModelFormats, wantedFormat(model))) {
    throw unsupported('framework/version');
  }
  return found;
}

function bestRuntime(model: Model, { namespaced, cluster }: RuntimeCandidates, multiNode: boolean): FoundRuntime {
  const format = wantedFormat(model);
  const asked = model.protocolVersion ?? '';
  const protocol = asked === '' ? 'v1' : asked;
  const fits = ({ spec }: ServingRuntime | ClusterServingRuntime) =>
    spec.disabled !== true &&
    spec.multiModel !== true &&
    loadsAutomatically(spec.supportedModelFormats, format) &&
    speaks(spec.protocolVersions, protocol) &&
    (spec.workerSpec !== undefined) === multiNode;
  const best =
    foundAs('ServingRuntime', first(namespaced.filter(fits), format)) ??
    foundAs('ClusterServingRuntime', first(cluster.filter(fits), format));
  if (best === undefined) {
    throw new PredictorFailure(
      'NoSupportingRuntime',
      'No runtime found to support specified framework/version',
      `no runtime found to support predictor with model type: {${format.name} ${format.version ?? '<nil>'}}`,
    );
  }
  return best;
}

function first<T extends ServingRuntime | ClusterServingRuntime>(
  runtimes: readonly T[],
  format: WantedFormat,
): T | undefined {
  return runtimes.reduce<T | undefined>(
    (best, runtime) => (best === undefined || precedes(runtime, best, format) ? runtime : best),
    undefined,
  );
}

type Runtime = ServingRuntime | ClusterServingRuntime;

/** Whether a runtime is to be preferred: greatest priority, simplest protocol, newest, name. */
function precedes(one: Runtime, other: Runtime, format: WantedFormat): boolean {
  const priority = ({ spec }: Runtime) => priorityFor(spec.supportedModelFormats, format) ?? 0;
  const rank = ({ spec }: Runtime) => protocolRank(spec.protocolVersions ?? []);
  // The API server writes all times in one zone, to the second: they sort as texts.
  const created = ({ metadata }: Runtime) => metadata.creationTimestamp ?? '';
  if (priority(one) !== priority(other)) {
    return priority(one) > priority(other);
  }
  if (rank(one) !== rank(other)) {
    return rank(one) < rank(other);
  }
  if (created(one) !== created(other)) {
    return created(one) > created(other);
  }
  return one.metadata.name < other.metadata.name;
}

function foundAs(kind: ChosenRuntime['kind'], runtime: Runtime | undefined): FoundRuntime | undefined {
  return (
    runtime && {
      kind,
      name: runtime.metadata.name,
      annotations: runtime.metadata.annotations ?? {},
      spec: runtime.spec,
    }
  );
}

function wantedFormat({ modelFormat }: Model): WantedFormat {
  const { name = '', version = '' } = modelFormat ?? {};
  return version === '' ? { name } : { name, version };
}
