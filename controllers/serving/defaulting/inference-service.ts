import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { servingAnnotations } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { inferenceServiceSpec } from '../../../definitions/serving/inference-service';
import { refusedFrameworks } from '../validation/frameworks';
import type { Predictor } from '../validation/implementations';
import { hasShape } from '../validation/shape';
import { withAnnotations } from './annotations';
import { withCanaryList } from './canary-list';
import { withExplainerContainer, withPredictorContainer, withTransformerContainer } from './component-containers';
import { withDeploymentMode } from './deployment-mode';
import { type LocalModelCaches, usesLocalModels, withLocalModel } from './local-model';
import { withModel } from './predictor-model';
import { withoutServiceAccountToken } from './service-account-token';

/** Sections of the configuration that defaulting reads. */
export interface DefaultingSettings extends Pick<
  InferenceServiceConfig,
  'inferenceService' | 'explainers' | 'security' | 'localModel'
> {
  /** Absent when the platform says no deployment mode. */
  readonly deploy?: InferenceServiceConfig['deploy'] | undefined;
}

const noCaches: LocalModelCaches = { ofNamespace: [], ofCluster: [] };

/**
 * An InferenceService with everything that upstream's mutating webhook writes, and warnings for the client. The object
 * that came is not changed. One whose spec the schema of the API does not allow is returned as it came: the API server
 * or, for the framework blocks that its schema leaves open, validation refuses it next, and names the member.
 *
 * @param caches of local models; none when they were not listed
 */
export function defaultInferenceService(
  written: InferenceService,
  settings: DefaultingSettings,
  caches: LocalModelCaches = noCaches,
): { readonly object: InferenceService; readonly warnings: readonly string[] } {
  if (!hasShape(inferenceServiceSpec, written.spec) || hasUnreadableFramework(written.spec.predictor)) {
    return { object: written, warnings: [] };
  }
  // Only a mode that the user wrote keeps a predictor from its defaults, not the platform's.
  const modelMesh = written.metadata.annotations?.[servingAnnotations.deploymentMode] === 'ModelMesh';
  const canaries = withCanaryList(written.spec);
  const predictor = modelMesh ? { value: canaries.value.predictor, warnings: [] } : withModel(canaries.value.predictor);
  const spec = { ...canaries.value, predictor: predictor.value };
  const service = withDeploymentMode({ ...written, spec: withContainers(spec, settings, modelMesh) }, settings.deploy);
  const formatted = modelMesh ? service : withModelFormat(service);
  const local = withLocalModel(formatted, usesLocalModels(formatted, settings.localModel) ? caches : noCaches);
  const object = settings.security.autoMountServiceAccountToken
    ? local
    : { ...local, spec: withoutServiceAccountToken(local.spec) };
  return { object, warnings: [...canaries.warnings, ...predictor.warnings] };
}

function hasUnreadableFramework(predictor: Predictor): boolean {
  return refusedFrameworks(predictor, '') !== undefined;
}

function withContainers(
  spec: InferenceService['spec'],
  settings: DefaultingSettings,
  modelMesh: boolean,
): InferenceService['spec'] {
  const { predictor, transformer, explainer } = spec;
  return {
    ...spec,
    predictor: modelMesh ? predictor : withPredictorContainer(predictor, settings),
    ...(transformer && { transformer: withTransformerContainer(transformer, settings) }),
    ...(explainer && { explainer: withExplainerContainer(explainer, settings) }),
  };
}

/** The format as an annotation, by which ModelMesh and tools find it; the user's value wins. */
function withModelFormat(service: InferenceService): InferenceService {
  const format = service.spec.predictor.model?.modelFormat?.name ?? '';
  const present = service.metadata.annotations?.[servingAnnotations.modelFormat] !== undefined;
  return format === '' || present ? service : withAnnotations(service, { [servingAnnotations.modelFormat]: format });
}
