import { Construct } from 'constructs';
import { ConfigError, parseConfig } from '../../definitions/config/parse-config';
import { type InferenceConfigSpec, inferenceConfigs } from '../../definitions/inference/inference-config';
import type { modelFields } from '../../definitions/inference/model-endpoint';
import type { StorageInput } from './storage-input';
import type { StorageOutput } from './storage-output';
import { addOwnResource } from '../kubernetes/own-resource';

type Written = Omit<InferenceConfigSpec, 'storage' | 'credentialsRef' | (typeof modelFields)[number]>;

export interface InferenceConfigProps extends Partial<Written> {
  readonly name: string;
  /** Namespace of the config; its runs and the Secrets that it names are there too. */
  readonly namespace: string;
  /** @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Where items come from. */
  readonly input: StorageInput;
  /** Where results go. */
  readonly output: StorageOutput;
  /** Secret to pull the runner's image with. @default none */
  readonly imagePullSecret?: string;
}

/**
 * What runs of one model have in common. What the API server would refuse for its form, and a config that can't say which model it is
 * about, is refused when it is rendered.
 */
export class InferenceConfig extends Construct {
  readonly name: string;
  readonly namespace: string;

  /** @throws ConfigError naming the InferenceConfig, the member, the value got and what is allowed */
  constructor(scope: Construct, id: string, props: InferenceConfigProps) {
    super(scope, id);
    const { name, namespace, labels, annotations, input, output, imagePullSecret, ...spec } = props;
    this.name = name;
    this.namespace = namespace;
    const { schema } = inferenceConfigs;
    const source = `InferenceConfig ${namespace}/${name}`;
    refuseUnlessOne(spec, source);
    const written = parseConfig(
      schema,
      {
        spec: {
          ...spec,
          storage: {
            input: { [input.kind]: input.settingsIn(namespace) },
            output: { [output.kind]: output.settingsIn(namespace) },
          },
          ...(imagePullSecret === undefined ? {} : { credentialsRef: { name: imagePullSecret, namespace } }),
        },
      },
      source,
    );
    addOwnResource(this, inferenceConfigs, { name, namespace, labels, annotations }, written);
  }
}

/** The model is at a URL, or is an InferenceService's. */
function refuseUnlessOne({ kserve = {} }: Pick<InferenceConfigProps, 'kserve'>, source: string): void {
  const given = (['modelUrl', 'inferenceServiceRef'] as const).filter((member) => kserve[member] !== undefined);
  if (given.length === 1) return;
  const got = given.length === 0 ? 'neither' : 'both';
  throw new ConfigError(source, [`spec.kserve: got ${got}, expected one of modelUrl, inferenceServiceRef`]);
}
