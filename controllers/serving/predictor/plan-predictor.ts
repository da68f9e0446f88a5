import type { V1PodSpec } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { containerNames, internalAnnotations, servingAnnotations } from '../../../definitions/names/serving';
import type { ClusterStorageContainer } from '../../../definitions/serving/cluster-storage-container';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import {
  batcherInstructions,
  confidentialInstructions,
  loggerInstructions,
  storageSpecInstructions,
} from '../component-instructions';
import { componentAnnotations, componentLabels, filteredAnnotations, predictorName } from '../component-metadata';
import type { ChosenRuntime, ComponentPlan } from '../component-plan';
import { coreContainer, corePodSpec, extensionOf, knowingItsName } from '../component-pod';
import type { TemplateData } from '../go-template';
import { PredictorFailure } from '../predictor-failure';
import { chooseRuntime, type Model, type RuntimeCandidates } from '../runtimes/choose-runtime';
import { consolidatedPod } from '../runtimes/consolidate-pod';
import { withRuntimeDefaults } from '../runtimes/runtime-defaults';
import { storageUriRefusal } from '../storage-uri';
import { predictorProtocol } from './custom-protocol';
import { implementationOf, modelSource, type Implementation, type Predictor } from './implementation';
import { isMultiModel, multiModelInstructions } from './multi-model';

/** What a plan is made from besides the InferenceService. */
export interface PlanSources {
  readonly runtimes: RuntimeCandidates;
  /** All of the cluster. */
  readonly storageContainers: readonly ClusterStorageContainer[];
  readonly settings: Pick<InferenceServiceConfig, 'inferenceService'>;
}

/** What a predictor is to run. */
export interface PredictorPlan {
  readonly plan: ComponentPlan;
  /** Runtime that serves it; absent when it brings its own containers. */
  readonly runtime?: ChosenRuntime;
  /** Whether it needs the ConfigMap with the list of its models. */
  readonly multiModel: boolean;
  /** Inference protocol of its server: v1, v2, grpc-v1, grpc-v2, or what the user wrote; empty when nothing says. */
  readonly protocol: string;
}

/**
 * Computes what a predictor is to run. Files of `storageUris` are not in it yet.
 *
 * @param predictor the stable one, or that of a canary
 * @throws PredictorFailure when it can't be served as it is
 */
export function planPredictor(
  inferenceService: InferenceService,
  sources: PlanSources,
  predictor: Predictor = inferenceService.spec.predictor,
): PredictorPlan {
  if (predictor.workerSpec !== undefined) {
    throw refused('multi-node is not supported yet: remove spec.predictor.workerSpec and choose a single-node runtime');
  }
  const implementation = implementationOf(predictor);
  if (implementation === undefined) {
    throw refused('spec.predictor runs nothing: give it a model, or containers of its own');
  }
  const { metadata } = inferenceService;
  const { inferenceService: settings } = sources.settings;
  const multiModel = isMultiModel(predictor, implementation);
  const instructions = predictorInstructions(inferenceService, predictor, implementation, multiModel, sources);
  const served =
    implementation.kind === 'model'
      ? byRuntime(inferenceService, predictor, implementation, sources.runtimes)
      : withoutRuntime(predictor, implementation);
  const plan: ComponentPlan = {
    component: 'predictor',
    name: predictorName(inferenceService, predictor),
    namespace: metadata.namespace ?? '',
    labels: componentLabels(
      metadata.name,
      'predictor',
      served.podLabels,
      metadata.labels,
      served.defaultLabels,
      predictor.labels,
    ),
    annotations: componentAnnotations(
      filteredAnnotations(served.podAnnotations, settings),
      filteredAnnotations(metadata.annotations, settings),
      instructions,
      filteredAnnotations(predictor.annotations, settings),
    ),
    podSpec: {
      ...served.podSpec,
      containers: served.podSpec.containers.map((each) => knowingItsName(each, metadata.name)),
    },
    extension: extensionOf(predictor),
  };
  return { plan, ...(served.runtime && { runtime: served.runtime }), multiModel, protocol: served.protocol };
}

interface Served {
  readonly podSpec: V1PodSpec;
  readonly protocol: string;
  readonly runtime?: ChosenRuntime;
  /** Of the runtime's pods. */
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** That the runtime's server needs. */
  readonly defaultLabels?: Readonly<Record<string, string>>;
}

function byRuntime(
  inferenceService: InferenceService,
  predictor: Predictor,
  implementation: Extract<Implementation, { kind: 'model' }>,
  candidates: RuntimeCandidates,
): Served {
  const { model } = implementation;
  const { storageUri, storage } = modelSource(implementation);
  const runtime = chooseRuntime(model, candidates, false);
  const hasFiles = storageUri !== undefined || storage !== undefined || (predictor.storageUris ?? []).length > 0;
  const defaulted = withRuntimeDefaults(model, inferenceService.metadata.name, runtime, hasFiles);
  const data = placeholderData(inferenceService, model, defaulted.labels);
  const { kind, name, spec } = runtime;
  return {
    podSpec: consolidatedPod(predictor, defaulted.model, runtime, data),
    protocol: defaulted.protocol,
    runtime: { kind, name },
    ...(spec.labels && { podLabels: spec.labels }),
    ...(spec.annotations && { podAnnotations: spec.annotations }),
    defaultLabels: defaulted.labels,
  };
}

/** What placeholders of runtimes stand for: metadata of the InferenceService, unfiltered, and its model. */
function placeholderData(
  { metadata }: InferenceService,
  model: Model,
  defaultLabels: Readonly<Record<string, string>>,
): TemplateData {
  return {
    Name: metadata.name,
    Namespace: metadata.namespace ?? '',
    Labels: { ...metadata.labels, ...defaultLabels },
    // Admission writes this annotation; objects that it has not seen get it here.
    Annotations: { [servingAnnotations.modelFormat]: model.modelFormat?.name ?? '', ...metadata.annotations },
    StorageUri: model.storageUri ?? '',
    // Servers are told to serve the model under the name of its InferenceService.
    ModelName: metadata.name,
  };
}

function withoutRuntime(predictor: Predictor, implementation: Exclude<Implementation, { kind: 'model' }>): Served {
  const podSpec = corePodSpec(predictor);
  const named = (name: string | undefined) => (name === undefined || name === '' ? containerNames.main : name);
  const protocol = predictorProtocol(implementation);
  if (implementation.kind === 'framework') {
    const { extension } = implementation;
    const own = coreContainer(named(extension.name), extension);
    return { podSpec: { ...podSpec, containers: [own, ...podSpec.containers] }, protocol };
  }
  const containers = podSpec.containers.map((each, index) =>
    index === 0 ? { ...each, name: named(each.name) } : each,
  );
  return { podSpec: { ...podSpec, containers }, protocol };
}

/** Annotations that tell the pod webhook what to add to the predictor's pods. */
function predictorInstructions(
  { metadata }: InferenceService,
  { logger, batcher, storageContainerName = '' }: Predictor,
  implementation: Implementation,
  multiModel: boolean,
  { storageContainers }: PlanSources,
): Record<string, string> {
  const { storage, storageUri, confidential } = modelSource(implementation);
  if (storageUri !== undefined) {
    if (storage?.path !== undefined) {
      throw refused('must provide only one of storageUri and storage.path');
    }
    const cause = storageUriRefusal(storageUri, storageContainers);
    if (cause !== undefined) {
      throw refused(`StorageURI not supported: ${cause}`);
    }
  }
  return {
    ...loggerInstructions(logger),
    ...batcherInstructions(batcher),
    ...storageSpecInstructions(storage),
    ...(multiModel && multiModelInstructions(metadata.name)),
    ...(storageUri !== undefined && {
      [internalAnnotations.storageSourceUri]: storageUri,
      ...(storageContainerName !== '' && { [internalAnnotations.storageContainerName]: storageContainerName }),
    }),
    ...confidentialInstructions(confidential),
  };
}

function refused(message: string): PredictorFailure {
  return new PredictorFailure('InvalidPredictorSpec', message, message);
}
