import { servingAnnotations } from '../../../definitions/names/serving';
import { canarySpec } from '../../../definitions/serving/canary';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type * as z from 'zod';
import { refusedExtension } from './extension';
import { type Predictor, predictorImplementations, predictorStorageUri } from './implementations';
import { refusedImplementations } from './implementation';
import { refusedFrameworks } from './frameworks';
import { hasShape, schemaProblem, shapeProblem } from './shape';
import { type Refusal, firstRefusal } from './verdict';

type Canary = z.infer<typeof canarySpec>;

/** Members by which a predictor is scaled; the replicas of a canary are fixed. */
const scaling = ['maxReplicas', 'scaleTarget', 'scaleMetric', 'autoScaling'] as const;

/** The entries of `spec.canary` that can be read as canaries. The schema of the API leaves the member open. */
export function readableCanaries({ canary }: InferenceService['spec']): readonly Canary[] {
  if (!Array.isArray(canary)) return [];
  return canary.filter((entry: unknown) => hasShape(canarySpec, entry)).filter(hasReadableFrameworks);
}

/** Rules of `spec.canary`, each entry against the full schema. */
export function refusedCanaries({ metadata, spec }: InferenceService): Refusal {
  const { canary, predictor } = spec;
  if (canary === undefined || canary === null) return undefined;
  if (!Array.isArray(canary)) return 'spec.canary: must be a list of {predictor, trafficPercent}';
  if (canary.length === 0) return undefined;
  if (metadata.annotations?.[servingAnnotations.deploymentMode] !== 'Standard') {
    return 'canary is only supported in Standard deployment mode';
  }
  if (predictorStorageUri(predictor) === undefined && predictor.model === undefined) {
    return 'canary requires a stable predictor with a model (multi-model serving is not supported with canary)';
  }
  const unreadable = firstRefusal(canary, refusedForm);
  if (unreadable !== undefined) return unreadable;
  const canaries = readableCanaries(spec);
  const sum = canaries.reduce((percent, { trafficPercent }) => percent + trafficPercent, 0);
  return (
    firstRefusal(canaries, (entry, index) => refusedCanary(entry, index, canaries, predictor)) ??
    (sum > 100 ? `sum of canary trafficPercent values (${sum}) must be <= 100` : undefined)
  );
}

function refusedForm(entry: unknown, index: number): Refusal {
  const path = `spec.canary[${index}]`;
  const problem = shapeProblem(canarySpec, entry, path, { unknownMembers: true });
  if (problem !== undefined || !hasShape(canarySpec, entry)) return problem;
  return refusedFrameworks(entry.predictor, `${path}.predictor`);
}

function hasReadableFrameworks({ predictor }: Canary): boolean {
  return refusedFrameworks(predictor, '') === undefined;
}

function refusedCanary(canary: Canary, index: number, all: readonly Canary[], stable: Predictor): Refusal {
  const { predictor, trafficPercent } = canary;
  const { name = '' } = predictor;
  const subject = `canary "${name}"`;
  if (name === '') return `canary[${index}] predictor.name is required`;
  if (all.slice(0, index).some((earlier) => earlier.predictor.name === name)) {
    return `canary predictor.name "${name}" is duplicated`;
  }
  if (name === stable.name) return `canary predictor.name "${name}" conflicts with stable predictor name`;
  if (trafficPercent < 0 || trafficPercent > 100) {
    return `${subject} trafficPercent must be between 0 and 100, got ${trafficPercent}`;
  }
  const cause =
    refusedImplementations('PredictorSpec', predictorImplementations(predictor)) ?? refusedExtension(predictor);
  if (cause !== undefined) return `${subject} predictor: ${cause}`;
  return refusedPods(subject, predictor, stable) ?? schemaProblem(canarySpec, canary, `spec.canary[${index}]`);
}

function refusedPods(subject: string, canary: Predictor, stable: Predictor): Refusal {
  if (canary.workerSpec !== undefined) {
    return `${subject} must not set workerSpec (multi-node is not yet supported for canary)`;
  }
  const scaled = scaling.find((member) =>
    member === 'maxReplicas' ? (canary.maxReplicas ?? 0) > 0 : canary[member] !== undefined,
  );
  if (scaled !== undefined) return `${subject} must not set ${scaled} (canary uses fixed replicas)`;
  const least = stable.minReplicas ?? 1;
  return canary.minReplicas !== undefined && canary.minReplicas > least
    ? `${subject} minReplicas (${canary.minReplicas}) must not exceed stable predictor minReplicas (${least})`
    : undefined;
}
