import { servingPorts } from '../../definitions/names/serving';
import { servingArguments } from '../../definitions/names/serving-runtimes';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { predictorHost } from './component-metadata';
import type { ComponentExtension } from './component-plan';

/** An argument and its value, each a word of its own. */
export type Argument = readonly [flag: string, value: string];

export const httpPortArgument: Argument = [servingArguments.httpPort, String(servingPorts.container)];

/** Tells which model requests are for. */
export function modelNameArgument({ metadata }: InferenceService): Argument {
  return [servingArguments.modelName, metadata.name];
}

/** Tells where the predictor is. */
export function predictorHostArgument(inferenceService: InferenceService): Argument {
  return [servingArguments.predictorHost, predictorHost(inferenceService)];
}

/** As many workers as requests at once; no limit (0) is no number of workers. */
export function workersArguments({ containerConcurrency = 0 }: ComponentExtension): readonly Argument[] {
  return containerConcurrency === 0 ? [] : [[servingArguments.workers, String(containerConcurrency)]];
}

/** The words of those arguments that a user does not give: in whatever form, `--flag value` or `--flag=value`. */
export function absentArguments(given: readonly string[], wanted: readonly Argument[]): string[] {
  return wanted.filter(([flag]) => !given.some((word) => word.startsWith(flag))).flat();
}
