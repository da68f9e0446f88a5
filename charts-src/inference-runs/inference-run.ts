import { Construct } from 'constructs';
import { ConfigError, parseConfig } from '../../definitions/config/parse-config';
import { type InferenceRunSpec, inferenceRuns } from '../../definitions/inference/inference-run';
import { schedulePattern } from '../../definitions/inference/schedule';
import { addOwnResource } from '../kubernetes/own-resource';

export interface InferenceRunProps extends Partial<Omit<InferenceRunSpec, 'configRef'>> {
  readonly name: string;
  /** @default the config's namespace */
  readonly namespace?: string;
  /** @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The config to run: a construct, or one that is there already. */
  readonly config: { readonly name: string; readonly namespace: string };
}

/** What means nothing without a schedule. */
const forSchedules = ['timeZone', 'concurrencyPolicy', 'startingDeadlineSeconds'] as const;

/** One execution of a config, or one on a schedule. What the API server would refuse is refused when it is rendered. */
export class InferenceRun extends Construct {
  /** @throws ConfigError naming the InferenceRun, the member, the value got and what is allowed */
  constructor(scope: Construct, id: string, props: InferenceRunProps) {
    super(scope, id);
    const { name, config, namespace = config.namespace, labels, annotations, ...spec } = props;
    const { schema } = inferenceRuns;
    const source = `InferenceRun ${namespace}/${name}`;
    refuseWrongSchedule(spec, source);
    const configRef = { name: config.name, ...(config.namespace === namespace ? {} : { namespace: config.namespace }) };
    const written = parseConfig(schema, { spec: { ...spec, configRef } }, source);
    addOwnResource(this, inferenceRuns, { name, namespace, labels, annotations }, written);
  }
}

/** Rules that the definition has in CEL, which only the API server evaluates. */
function refuseWrongSchedule(spec: Partial<InferenceRunSpec>, source: string): void {
  const { schedule, timeoutSeconds = 0 } = spec;
  const problems = [
    ...(timeoutSeconds < 0 ? [`spec.timeoutSeconds: got ${timeoutSeconds}, must be at least 0`] : []),
    ...(schedule === undefined
      ? forSchedules.filter((field) => spec[field] !== undefined).map((field) => `spec.${field}: needs a schedule`)
      : []),
    ...(schedule !== undefined && !new RegExp(schedulePattern).test(schedule)
      ? [`spec.schedule: got ${JSON.stringify(schedule)}, expected five fields or a word such as @daily`]
      : []),
  ];
  if (problems.length > 0) throw new ConfigError(source, problems);
}
