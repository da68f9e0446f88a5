import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { Defaulted } from './defaulted';
import { withoutEmptyFrameworks } from './empty-frameworks';

type Spec = InferenceService['spec'];

/** Name of a canary in the older form, which had none. */
const onlyCanary = 'canary';

/**
 * The spec with its canaries as the list that clients of the API can read. An older form, which documents still show, is
 * one object: it becomes a list of one, with the share that stands next to it. What is neither is left to validation.
 */
export function withCanaryList(spec: Spec): Defaulted<Spec> {
  const { canary } = spec;
  if (Array.isArray(canary)) {
    const entries = canary.map((entry: unknown, index) =>
      isEntry(entry) ? withoutEmpty(entry, `spec.canary[${index}]`) : { value: entry, warnings: [] },
    );
    if (entries.every(({ warnings }) => warnings.length === 0)) return { value: spec, warnings: [] };
    return {
      value: { ...spec, canary: entries.map(({ value }) => value) },
      warnings: entries.flatMap(({ warnings }) => warnings),
    };
  }
  if (!isEntry(canary)) return { value: spec, warnings: [] };
  const { value, warnings } = withoutEmpty(canary, 'spec.canary');
  const list = [listed(value, spec)];
  const advice = `spec.canary is one object, an older form, and stored as a list; write: canary: ${JSON.stringify(list)}`;
  return { value: { ...spec, canary: list }, warnings: [advice, ...warnings] };
}

function listed({ predictor, trafficPercent, ...more }: Entry, spec: Spec) {
  const { name } = predictor;
  return {
    predictor: { ...predictor, name: name === undefined || name === null || name === '' ? onlyCanary : name },
    trafficPercent: trafficPercent ?? spec.canaryTrafficPercent ?? spec.predictor.canaryTrafficPercent ?? noTraffic,
    ...more,
  };
}

/** Share of a canary that nobody gave one: it runs, and is not asked. */
const noTraffic = 0;

type Entry = Readonly<Record<string, unknown>> & { readonly predictor: Readonly<Record<string, unknown>> };

function withoutEmpty({ predictor, ...more }: Entry, path: string): Defaulted<Entry> {
  const { value, warnings } = withoutEmptyFrameworks(predictor, `${path}.predictor`);
  return { value: { ...more, predictor: value }, warnings };
}

function isEntry(value: unknown): value is Entry {
  return isObject(value) && isObject(value['predictor']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
