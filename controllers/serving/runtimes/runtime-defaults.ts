import { servingLabels, modelDirectory } from '../../../definitions/names/serving';
import {
  mlserverDefaultModelClass,
  mlserverModelClasses,
  serverTypes,
  servingArguments,
  servingVariables,
  torchserveEnvelopes,
} from '../../../definitions/names/serving-runtimes';
import { lowestProtocol } from './protocols';
import type { FoundRuntime, Model } from './choose-runtime';
import { serverType } from './server-type';

/** A model with what its server needs to be told, and the labels that go with it. */
export interface DefaultedModel {
  readonly model: Model;
  /** For the InferenceService in memory: its children get them, placeholders see them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Protocol of the server; empty when neither model nor runtime names one. */
  readonly protocol: string;
}

/**
 * What the runtime's server has to be told about the model.
 *
 * @param hasFiles whether the model names files to load
 */
export function withRuntimeDefaults(
  model: Model,
  inferenceService: string,
  runtime: FoundRuntime,
  hasFiles: boolean,
): DefaultedModel {
  const given = model.protocolVersion ?? '';
  const protocolOr = (otherwise: string) => (given === '' ? otherwise : given);
  switch (serverType(runtime)) {
    case serverTypes.mlserver: {
      const format = model.modelFormat?.name ?? '';
      const known = Object.hasOwn(mlserverModelClasses, format) ? mlserverModelClasses[format] : undefined;
      return {
        model: withMlserverVariables(model, inferenceService, hasFiles),
        labels: { [servingLabels.modelClass]: known ?? mlserverDefaultModelClass },
        protocol: protocolOr('v2'),
      };
    }
    case serverTypes.torchserve: {
      const protocol = protocolOr('v1');
      const version = protocol === 'v2' || protocol === 'grpc-v2' ? 'v2' : 'v1';
      return {
        model: withAbsentVariables(model, [[servingVariables.torchserveProtocol, protocol]]),
        labels: { [servingLabels.serviceEnvelope]: torchserveEnvelopes[version] },
        protocol,
      };
    }
    case serverTypes.triton:
      return {
        model: hasFiles ? model : { ...model, args: [...(model.args ?? []), servingArguments.tritonExplicitModels] },
        labels: {},
        protocol: protocolOr('v2'),
      };
    default:
      return { model, labels: {}, protocol: protocolOr(lowestProtocol(runtime.spec.protocolVersions ?? []) ?? '') };
  }
}

function withMlserverVariables(model: Model, inferenceService: string, hasFiles: boolean): Model {
  return withAbsentVariables(
    model,
    hasFiles
      ? [
          [servingVariables.mlserverModelName, inferenceService],
          [servingVariables.mlserverModelUri, modelDirectory],
        ]
      : [[servingVariables.mlserverLoadsAtStartup, 'false']],
  );
}

/** The model with variables that it does not set itself. */
function withAbsentVariables(model: Model, variables: readonly (readonly [string, string])[]): Model {
  const env = model.env ?? [];
  const present = new Set(env.map(({ name }) => name));
  const absent = variables.filter(([name]) => !present.has(name)).map(([name, value]) => ({ name, value }));
  return { ...model, env: [...env, ...absent] };
}
