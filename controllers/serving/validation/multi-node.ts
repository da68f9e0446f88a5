import { servingAnnotations } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { environmentNames, variableNamed } from './environment';
import { type MultiNodeSettings, asksForUnknownGpu, knownGpus, refusedParallelism } from './gpu-resources';
import type { Predictor } from './implementations';
import { type Refusal, firstRefusal } from './verdict';

const unknownGpu = `Unknown GPU resource type. Set '${servingAnnotations.gpuResourceTypes}' annotation to use custom gpu resource type`;

/** Rules of a predictor that is split over nodes (`workerSpec`). */
export function refusedMultiNode({ metadata, spec }: InferenceService, settings: MultiNodeSettings): Refusal {
  const { model, workerSpec } = spec.predictor;
  if (workerSpec === undefined) return undefined;
  const cause = refusedWorkers(workerSpec, model, metadata.annotations ?? {}, settings);
  return cause && `the InferenceService "${metadata.name}" is invalid: ${cause}`;
}

function refusedWorkers(
  workerSpec: NonNullable<Predictor['workerSpec']>,
  model: Predictor['model'],
  annotations: Readonly<Record<string, string>>,
  settings: MultiNodeSettings,
): Refusal {
  const workers = workerSpec.containers ?? [];
  if (workers.length > 1) return 'setting multiple containers in workerSpec is not allowed';
  const gpus = knownGpus(annotations[servingAnnotations.gpuResourceTypes], settings);
  if (model !== undefined) {
    const split = firstRefusal([environmentNames.pipelineParallelSize, environmentNames.tensorParallelSize], (name) =>
      variableNamed(model, name) === undefined ? undefined : `setting ${name} in environment variables is not allowed`,
    );
    if (split !== undefined) return split;
    if ('refusal' in gpus) return gpus.refusal;
    const cause = asksForUnknownGpu(model, gpus.names) ? unknownGpu : refusedSource(model, annotations);
    if (cause !== undefined) return cause;
  }
  const size = refusedParallelism(workerSpec);
  if (size !== undefined) return size;
  if ('refusal' in gpus) return gpus.refusal;
  return workers.some((worker) => asksForUnknownGpu(worker, gpus.names)) ? unknownGpu : undefined;
}

function refusedSource(
  { storageUri }: NonNullable<Predictor['model']>,
  annotations: Readonly<Record<string, string>>,
): Refusal {
  if (storageUri === undefined) return 'StorageURI must be set for multinode enabled';
  const [scheme = ''] = storageUri.split('://');
  if (scheme !== 'pvc' && scheme !== 'oci') {
    return `Multinode only supports 'pvc' and 'oci' Storage Protocol(${scheme})`;
  }
  // A service that says no class would get an HPA, which can't scale groups of pods: it has to say none.
  const autoscaler = annotations[servingAnnotations.autoscalerClass] ?? '';
  return autoscaler === 'none' ? undefined : `Multinode only supports 'none' autoscaler(${autoscaler})`;
}
