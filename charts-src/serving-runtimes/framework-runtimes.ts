import { modelDirectory, servingAnnotations, servingPorts } from '../../definitions/names/serving';
import type { ServingRuntimeSpec } from '../../definitions/serving/serving-runtime-spec';
import type { Images } from '../images';
import { type BuiltInRuntime, chosen, formats, metricsAt, modelServer } from './built-in-runtime';

/** Arguments that all of KServe's own servers take. */
const serverArguments = [
  '--model_name={{.Name}}',
  `--model_dir=${modelDirectory}`,
  `--http_port=${servingPorts.container}`,
];
const oneThread = '--nthread=1';

interface FrameworkServer {
  /** Name of the server, which is also its type. */
  readonly server: string;
  readonly image: keyof Images;
  readonly supported: NonNullable<ServingRuntimeSpec['supportedModelFormats']>;
  readonly extraArguments?: readonly string[];
  readonly members?: Partial<ServingRuntimeSpec>;
}

function framework({ server, image, supported, extraArguments = [], members }: FrameworkServer): BuiltInRuntime {
  return {
    name: `kserve-${server}`,
    serverType: server,
    image,
    spec: (reference) => ({
      annotations: metricsAt(servingPorts.container),
      supportedModelFormats: supported,
      protocolVersions: ['v1', 'v2'],
      containers: [modelServer({ image: reference, args: [...serverArguments, ...extraArguments] })],
      ...members,
    }),
  };
}

/** KServe's own servers of one framework each, and the one that serves several. */
export const frameworkRuntimes: readonly BuiltInRuntime[] = [
  framework({ server: 'sklearnserver', image: 'sklearnServer', supported: formats('sklearn', ['1'], chosen(1)) }),
  framework({
    server: 'xgbserver',
    image: 'xgbServer',
    supported: formats('xgboost', ['2'], chosen(1)),
    extraArguments: [oneThread],
  }),
  framework({
    server: 'lgbserver',
    image: 'lgbServer',
    supported: formats('lightgbm', ['4'], chosen(1)),
    extraArguments: [oneThread],
  }),
  framework({ server: 'pmmlserver', image: 'pmmlServer', supported: formats('pmml', ['3', '4'], chosen(1)) }),
  framework({ server: 'paddleserver', image: 'paddleServer', supported: formats('paddle', ['2'], chosen(1)) }),
  framework({
    server: 'autogluonserver',
    image: 'autogluonServer',
    supported: formats('autogluon', ['1'], chosen(1)),
  }),
  framework({
    server: 'predictiveserver',
    image: 'predictiveServer',
    // Users ask for it by name: the servers of one framework come first.
    supported: [
      ...formats('sklearn', ['1'], { autoSelect: false, priority: 3 }),
      ...formats('xgboost', ['2'], { autoSelect: false, priority: 3 }),
      ...formats('lightgbm', ['4'], { autoSelect: false, priority: 3 }),
    ],
    extraArguments: [`--framework={{.Annotations.${servingAnnotations.modelFormat}}}`, oneThread],
    members: { multiModel: false },
  }),
];
