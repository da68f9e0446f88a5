import type { InferenceConfig, InferenceConfigSpec } from '../../definitions/inference/inference-config';
import { inputKindNames, outputKindNames } from '../../definitions/inference/storage-kinds';
import { blockReasons, runEvents } from '../../definitions/names/inference';
import { invalid, type ConfigProblem } from './config-problem';
import { checkExecution, checkKinds } from './execution-checks';
import { inexactNumber } from './inexact-number';
import { resolveModel } from './model';
import { reservedVolumes } from './runner-pod';

export interface ConfigCheckOptions {
  /** Whether the config's image is our runner: then what the runner would refuse is refused here. */
  readonly genericRunner: boolean;
}

/**
 * What is wrong with a config that its schema can't say. Kinds that nobody here knows are legal with runners of others.
 *
 * @returns errors first
 */
export function checkConfig(config: InferenceConfig, { genericRunner }: ConfigCheckOptions): readonly ConfigProblem[] {
  const { spec } = config;
  if (spec === undefined) return [invalid('spec is missing: say model, image and storage')];
  return [
    ...checkModel(spec, genericRunner),
    ...checkImage(spec, genericRunner),
    ...(genericRunner ? checkStorage(spec) : []),
    ...checkNumbers(spec, genericRunner),
    ...checkExecution(spec.execution, 'spec.execution', genericRunner),
    ...checkVolumes(spec),
    ...checkCredentials(config),
  ];
}

function checkModel(spec: InferenceConfigSpec, genericRunner: boolean): readonly ConfigProblem[] {
  const resolved = resolveModel(spec);
  if ('conflict' in resolved) {
    return [{ reason: blockReasons.conflictingModelSpec, message: resolved.conflict, severity: 'error' }];
  }
  const { modelUrl, headers = [] } = resolved.model;
  const field = spec.kserve?.modelUrl === modelUrl ? 'spec.kserve.modelUrl' : 'spec.modelUrl';
  const badHeaders = headers.filter((header) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/.test(header));
  return [
    ...(modelUrl === undefined ? [] : checkUrl(modelUrl, field, genericRunner)),
    ...(genericRunner && modelUrl === undefined && spec.kserve?.inferenceServiceRef === undefined
      ? [invalid('spec.kserve says not where the model is: give modelUrl or inferenceServiceRef')]
      : []),
    // Headers may hold credentials: only their place is told.
    ...badHeaders.map((header) =>
      invalid(`spec.kserve.headers[${headers.indexOf(header)}] has not the form "Name: value"`),
    ),
  ];
}

/** Upstream's runners put `http://` before a URL without scheme; what else a runner of others speaks is its business. */
function checkUrl(text: string, field: string, genericRunner: boolean): readonly ConfigProblem[] {
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url)) return [invalid(`${field} is no URL`)];
  const { protocol } = new URL(url);
  if (!genericRunner || /^https?:$/.test(protocol)) return [];
  return [invalid(`${field}: the runner speaks http and https, not ${protocol.slice(0, -1)}`)];
}

function checkImage({ image = '' }: InferenceConfigSpec, genericRunner: boolean): readonly ConfigProblem[] {
  if (image === '') {
    return genericRunner
      ? []
      : [invalid('spec.image is empty, and the controller has no default: give the image of the runner')];
  }
  return /\s/.test(image) ? [invalid(`spec.image: ${JSON.stringify(image)} is no image`)] : [];
}

function checkStorage({ storage }: InferenceConfigSpec): readonly ConfigProblem[] {
  const { input, output } = storage ?? {};
  return [
    ...checkKinds(input, inputKindNames, 'spec.storage.input'),
    ...checkKinds(output, outputKindNames, 'spec.storage.output'),
    ...checkVolume(input?.['pvc'], 'spec.storage.input.pvc', 'claimName', 'subPath'),
    ...checkVolume(output?.['pvc'], 'spec.storage.output.pvc', 'claimName', 'subPath'),
    ...checkVolume(input?.['configMap'], 'spec.storage.input.configMap', 'name', 'key'),
  ];
}

/** What becomes a volume has to be known before the pod is there: the runner puts in placeholders too late. */
function checkVolume(
  settings: Readonly<Record<string, unknown>> | undefined,
  place: string,
  name: string,
  part: string,
): readonly ConfigProblem[] {
  if (settings === undefined) return [];
  const text = settings[name];
  if (typeof text !== 'string' || text === '')
    return [invalid(`${place}.${name} is missing: name the object to mount`)];
  return [name, part]
    .filter((field) => String(settings[field]).includes('${'))
    .map((field) =>
      invalid(`${place}.${field}: placeholders can't stand here, the volume is mounted before they are known`),
    );
}

/** The controller reads JSON as JavaScript does: a number that it can't hold would reach the runner as another one. */
function checkNumbers({ storage }: InferenceConfigSpec, genericRunner: boolean): readonly ConfigProblem[] {
  const place = inexactNumber(storage);
  if (place === undefined) return [];
  const message = `spec.storage${place}: whole numbers over ${Number.MAX_SAFE_INTEGER} lose digits here; write a text, or read it from a file`;
  return [{ reason: blockReasons.configInvalid, message, severity: genericRunner ? 'error' : 'warning' }];
}

function checkVolumes({ runner: { volumes = [] } = {} }: InferenceConfigSpec): readonly ConfigProblem[] {
  return volumes
    .filter(({ name }) => reservedVolumes.includes(name))
    .map(({ name }) =>
      invalid(`spec.runner.volumes: the name ${name} is that of a volume of the controller; take another`),
    );
}

function checkCredentials({ metadata, spec }: InferenceConfig): readonly ConfigProblem[] {
  const { credentialsRef } = spec ?? {};
  if (credentialsRef === undefined || credentialsRef.namespace === metadata.namespace) return [];
  const message =
    `spec.credentialsRef.namespace: ${JSON.stringify(credentialsRef.namespace)} is ignored; ` +
    `the Secret ${credentialsRef.name} is looked for in the namespace of the run`;
  return [{ reason: runEvents.credentialsNamespaceIgnored, message, severity: 'warning' }];
}
