import type { V1Container } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { containerNames, modelDirectory } from '../../../definitions/names/serving';
import { servingArguments } from '../../../definitions/names/serving-runtimes';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import {
  absentArguments,
  httpPortArgument,
  modelNameArgument,
  predictorHostArgument,
  workersArguments,
} from '../companion-arguments';
import type { ComponentExtension } from '../component-plan';
import { coreContainer } from '../component-pod';

/** The explainer of the Adversarial Robustness Toolbox. */
export type ArtExplainer = NonNullable<NonNullable<InferenceService['spec']['explainer']>['art']>;

/** Container of the toolbox's explainer. The user's arguments follow those of the controller. */
export function artContainer(
  inferenceService: InferenceService,
  art: ArtExplainer,
  extension: ComponentExtension,
  defaults: InferenceServiceConfig['explainers']['art'],
): V1Container {
  const own = coreContainer(containerNames.main, art);
  const given = own.args ?? [];
  const { type = '', storageUri = '', config = {}, runtimeVersion = '' } = art;
  const version = runtimeVersion === '' ? defaults.defaultImageVersion : runtimeVersion;
  const image = own.image ?? '';
  return {
    ...own,
    image: image === '' ? `${defaults.image}:${version}` : image,
    args: [
      ...modelNameArgument(inferenceService),
      ...httpPortArgument,
      ...absentArguments(given, [predictorHostArgument(inferenceService), ...workersArguments(extension)]),
      ...(storageUri === '' ? [] : [servingArguments.storageUri, modelDirectory]),
      servingArguments.adversaryType,
      type,
      ...Object.keys(config)
        .sort()
        .flatMap((key) => [`--${key}`, config[key] ?? '']),
      ...given,
    ],
  };
}
