import { Construct } from 'constructs';
import * as z from 'zod';
import { ConfigError, parseConfig } from '../../definitions/config/parse-config';
import { canarySpec } from '../../definitions/serving/canary';
import { frameworks } from '../../definitions/names/serving';
import {
  type InferenceService as InferenceServiceObject,
  inferenceServices,
} from '../../definitions/serving/inference-service';
import { addOwnResource } from '../kubernetes/own-resource';

type Spec = InferenceServiceObject['spec'];

export interface InferenceServiceProps extends Omit<Spec, 'canary'> {
  /** Starts with a letter, since names of Services are made of it. */
  readonly name: string;
  readonly namespace: string;
  /** @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Predictors beside the stable one. @default none */
  readonly canary?: readonly z.input<typeof canarySpec>[];
}

const nameSchema = z
  .string()
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'expected lower-case letters, digits and dashes, a letter first');

const canarySchema = z.strictObject({ canary: z.array(canarySpec) });

/** A model behind a URL. What the API server or the webhooks would refuse for its form is refused when it is rendered. */
export class InferenceService extends Construct {
  /**
   * @throws ConfigError naming the InferenceService, the member, the value got and what is allowed
   */
  constructor(scope: Construct, id: string, props: InferenceServiceProps) {
    super(scope, id);
    const { name, namespace, labels, annotations, ...spec } = props;
    const { schema } = inferenceServices;
    const source = `InferenceService ${namespace}/${name}`;
    parseConfig(z.strictObject({ name: nameSchema }), { name }, source);
    // With the defaults of the definition: a list keyed by a member that the API server fills in differs for ever.
    const written = parseConfig(schema, { spec }, source);
    parseConfig(canarySchema, { canary: spec.canary ?? [] }, source);
    refuseUnlessOne(spec, source);
    addOwnResource(this, inferenceServices, { name, namespace, labels, annotations }, written);
  }
}

/** A predictor is a model for a runtime, in the new form or an old one, or containers of one's own. */
function refuseUnlessOne({ predictor }: Pick<Spec, 'predictor'>, source: string): void {
  const kinds = ['model', ...frameworks, 'containers'] as const;
  const given = kinds.filter((kind) => predictor[kind] !== undefined);
  // Containers beside a model are sidecars.
  const chosen = given.length > 1 ? given.filter((kind) => kind !== 'containers') : given;
  if (chosen.length === 1) return;
  const got = chosen.length === 0 ? 'nothing' : chosen.join(' and ');
  throw new ConfigError(source, [`spec.predictor: got ${got}, expected exactly one of ${kinds.join(', ')}`]);
}
