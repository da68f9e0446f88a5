import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import type { ComponentName } from '../../../../definitions/names/serving';
import type { InferenceService } from '../../../../definitions/serving/inference-service';

type Written = NonNullable<InferenceService['spec']['predictor']['logger']>;

/** Storage that the agent writes logs to. */
export interface LoggerStorage {
  readonly path: string;
  readonly format: string;
  /** Its credentials are those of this ServiceAccount. */
  readonly serviceAccountName: string;
}

/** What the logger of a component does with its events. */
export interface LoggerSettings {
  readonly storage?: LoggerStorage;
  readonly marshallerUrl: string;
  /** 0: the agent's own. */
  readonly batchSize: number;
  readonly batchInterval: string;
}

/** ServiceAccount when neither platform nor component says one. */
const defaultServiceAccount = 'logger-sa';

/** The component's own settings, each before the platform's. */
export function loggerSettings(
  component: string | undefined,
  inferenceService: InferenceService | undefined,
  platform: InferenceServiceConfig['logger'],
): LoggerSettings {
  const own = inferenceService === undefined ? undefined : loggerOf(component, inferenceService);
  const storage = own?.storage ?? platform.storage;
  return {
    ...(storage === undefined ? {} : { storage: withDefaults(storage) }),
    marshallerUrl: own?.marshallerUrl ?? platform.marshallerUrl,
    batchSize: own?.batchSize ?? platform.batchSize ?? 0,
    batchInterval: own?.batchInterval ?? platform.batchInterval,
  };
}

function loggerOf(component: string | undefined, { spec }: InferenceService): Written | undefined {
  const specs: Readonly<Record<ComponentName, { readonly logger?: Written } | undefined>> = {
    predictor: spec.predictor,
    transformer: spec.transformer,
    explainer: spec.explainer,
  };
  if (component === 'transformer' || component === 'explainer') return specs[component]?.logger;
  return specs.predictor?.logger;
}

function withDefaults({ path, parameters, serviceAccountName }: NonNullable<Written['storage']>): LoggerStorage {
  return {
    path: path ?? '',
    format: parameters?.['format'] ?? '',
    serviceAccountName:
      serviceAccountName === undefined || serviceAccountName === '' ? defaultServiceAccount : serviceAccountName,
  };
}
