import type { ComponentPlan } from '../../../../controllers/serving/component-plan';
import type { ChildOwner } from '../../../../controllers/runtime/child-ownership';
import { inferenceServiceConfigSchemas } from '../../../../definitions/config/inference-service-config';
import { internalAnnotations, servingAnnotations, servingLabels } from '../../../../definitions/names/serving';

/** Owner of the children in tests. Its kind is unknown to the garbage collector: nobody has made the object. */
export const owner: ChildOwner = {
  apiVersion: 'unknown.slipway.dev/v1',
  kind: 'InferenceService',
  name: 'raw-foo',
  uid: 'a1b2c3d4-0000-4000-8000-000000000001',
};

/** Settings where the configuration says nothing. */
export const settings = {
  deploy: inferenceServiceConfigSchemas.deploy.parse({ defaultDeploymentMode: 'Knative' }),
  service: inferenceServiceConfigSchemas.service.parse({}),
};

/** The predictor of upstream's basic case. */
export function tensorflowPlan(members: Partial<ComponentPlan> = {}): ComponentPlan {
  return {
    component: 'predictor',
    name: 'raw-foo-predictor',
    namespace: 'default',
    labels: { [servingLabels.inferenceService]: 'raw-foo', [servingLabels.component]: 'predictor' },
    annotations: {
      [internalAnnotations.storageSourceUri]: 's3://test/mnist/export',
      [servingAnnotations.deploymentMode]: 'Standard',
      [servingAnnotations.autoscalerClass]: 'hpa',
    },
    podSpec: {
      containers: [
        {
          name: 'kserve-container',
          image: 'tensorflow/serving:1.14.0',
          command: ['/usr/bin/tensorflow_model_server'],
          args: [
            '--port=9000',
            '--rest_api_port=8080',
            '--model_base_path=/mnt/models',
            '--rest_api_timeout_in_ms=60000',
          ],
          env: [{ name: 'INFERENCE_SERVICE_NAME', value: 'raw-foo' }],
          resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '1', memory: '2Gi' } },
        },
      ],
      automountServiceAccountToken: false,
    },
    extension: {},
    ...members,
  };
}
