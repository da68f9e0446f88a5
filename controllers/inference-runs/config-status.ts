import type { InferenceConfig } from '../../definitions/inference/inference-config';
import { runConditions, runEvents, runReasons } from '../../definitions/names/inference';
import type { EventNote } from '../runtime/events';
import { checkConfig } from './config-checks';
import type { ConfigProblem } from './config-problem';
import { usesFlatFields } from './model';
import { withFacts } from './run-conditions';
import { isGenericRunner } from './runner-image';

type ConfigStatus = NonNullable<InferenceConfig['status']>;

/** What a look at a config comes to. */
export interface ConfigVerdict {
  readonly status: ConfigStatus;
  /** What users are told once for each generation. */
  readonly notes: readonly EventNote[];
}

export interface ConfigFacts {
  readonly config: InferenceConfig;
  /** Image of runners whose config names none; empty where there is none. */
  readonly runnerImage: string;
  /** Runs that are not finished and use the config. */
  readonly usedBy: number;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number;
}

/** What is wrong with a config, in its conditions and events. */
export function configVerdict({ config, runnerImage, usedBy, now }: ConfigFacts): ConfigVerdict {
  const { spec, status = {}, metadata } = config;
  const problems = checkConfig(config, { genericRunner: isGenericRunner(spec?.image, runnerImage) });
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const ready =
    first === undefined
      ? ({ status: 'True', reason: runReasons.available } as const)
      : ({ status: 'False', reason: first.reason, message: errors.map(({ message }) => message).join('; ') } as const);
  const synced = { status: 'True', reason: runReasons.reconcileSuccess } as const;
  const conditions = withFacts(
    status.conditions,
    [
      [runConditions.ready, ready],
      [runConditions.synced, synced],
    ],
    now,
  );
  const { generation } = metadata;
  const isNews = generation === undefined || status.observedGeneration !== generation;
  return {
    status: { conditions, usedBy, ...(generation === undefined ? {} : { observedGeneration: generation }) },
    notes: isNews ? [...deprecations(config), ...problems.map(noteOf)] : [],
  };
}

function noteOf({ reason, message }: ConfigProblem): EventNote {
  return { type: 'Warning', reason, note: message };
}

function deprecations({ spec }: InferenceConfig): readonly EventNote[] {
  const flat = spec === undefined ? [] : usesFlatFields(spec);
  if (flat.length === 0) return [];
  const fields = flat.map((field) => `spec.${field}`).join(', ');
  const note = `${fields}: write it below spec.kserve; it is still understood here`;
  return [{ type: 'Normal', reason: runEvents.deprecatedField, note }];
}
