import {
  type InferenceServiceConfig,
  inferenceServiceConfigSchemas as schemas,
} from '../../../definitions/config/inference-service-config';
import { servingAnnotations } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { DefaultingSettings } from '../../../controllers/serving/defaulting/inference-service';

type Spec = InferenceService['spec'];
type Annotations = Readonly<Record<string, string>>;

/** A service as it comes from the API server. */
export function serviceWith(spec: Partial<Spec>, annotations?: Annotations, name = 'iris'): InferenceService {
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, namespace: 'models', ...(annotations && { annotations: { ...annotations } }) },
    spec: { predictor: modelPredictor, ...spec },
  };
}

/** A predictor that every rule accepts. */
export const modelPredictor: Spec['predictor'] = {
  model: { modelFormat: { name: 'sklearn' }, storageUri: 'gs://bucket/iris' },
};

/** The annotation that admission leaves on services of Standard mode, and others. */
export function standard(more: Annotations = {}): Annotations {
  return { [servingAnnotations.deploymentMode]: 'Standard', ...more };
}

/** Settings as a platform in Standard mode has them. */
export const settings: DefaultingSettings & Pick<InferenceServiceConfig, 'multiNode'> = {
  deploy: schemas.deploy.parse({ defaultDeploymentMode: 'Standard' }),
  inferenceService: schemas.inferenceService.parse({
    resource: { cpuLimit: '1', memoryLimit: '2Gi', cpuRequest: '1', memoryRequest: '2Gi' },
  }),
  explainers: schemas.explainers.parse({}),
  security: schemas.security.parse({ autoMountServiceAccountToken: true }),
  localModel: schemas.localModel.parse({ enabled: true }),
  multiNode: schemas.multiNode.parse({}),
};
