import type { V1Deployment } from '@kubernetes/client-node';
import { waitFor } from '../../../cluster/wait-for';
import type { ObjectReference, UnstructuredObject } from '../../../cluster/unstructured-object';
import { inferenceServiceOf, type ServingInstallation, type WrittenInferenceService } from '../serving-installation';

/** Image of the runtime {@link tensorflowRuntime}. */
export const tensorflowImage = 'tensorflow/serving:1.14.0';

const compute = { limits: { cpu: '1', memory: '2Gi' }, requests: { cpu: '1', memory: '2Gi' } };

/** The runtime of upstream's tests of Standard mode. */
export const tensorflowRuntime = (namespace: string, name = 'tf-serving', spec: object = {}) => ({
  apiVersion: 'serving.kserve.io/v1alpha1',
  kind: 'ServingRuntime',
  metadata: { name, namespace },
  spec: {
    supportedModelFormats: [{ name: 'tensorflow', version: '1', autoSelect: true }],
    containers: [
      {
        name: 'kserve-container',
        image: tensorflowImage,
        command: ['/usr/bin/tensorflow_model_server'],
        args: [
          '--port=9000',
          '--rest_api_port=8080',
          '--model_base_path=/mnt/models',
          '--rest_api_timeout_in_ms=60000',
        ],
        resources: compute,
      },
    ],
    ...spec,
  },
});

/** A predictor of upstream's tests; `model` and `predictor` say what is special about it. */
export const tensorflowSpec = (model: object = {}, predictor: object = {}) => ({
  predictor: {
    minReplicas: 1,
    maxReplicas: 3,
    model: {
      modelFormat: { name: 'tensorflow' },
      storageUri: 's3://test/mnist/export',
      runtime: 'tf-serving',
      runtimeVersion: '1.14.0',
      ...model,
    },
    ...predictor,
  },
});

/** Reference to an object beside an InferenceService. */
export const child = (
  kind: keyof typeof apiVersions,
  { metadata: { namespace } }: WrittenInferenceService,
  name: string,
): ObjectReference => ({ apiVersion: apiVersions[kind], kind, metadata: { namespace, name } });

const apiVersions = {
  Deployment: 'apps/v1',
  Service: 'v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  ConfigMap: 'v1',
  ServingRuntime: 'serving.kserve.io/v1alpha1',
  ReplicaSet: 'apps/v1',
} as const;

/** Waits until an object is there. */
export const found = (installation: ServingInstallation, object: ObjectReference): Promise<UnstructuredObject> =>
  waitFor(`${object.kind} ${object.metadata.name}`, () => installation.cluster.find(object));

/** The container of the model in a Deployment, as soon as there is one that fits. */
export const mainContainer = (
  installation: ServingInstallation,
  isvc: WrittenInferenceService,
  fits: (container: Container) => boolean = () => true,
  component = 'predictor',
) =>
  waitFor(`the ${component} of ${isvc.metadata.name} to be as wanted`, async () => {
    const { namespace, name } = isvc.metadata;
    const deployment = await installation.deployment(namespace, `${name}-${component}`);
    return deployment?.spec?.template.spec?.containers.find(
      (container) => container.name === 'kserve-container' && fits(container),
    );
  });

type Container = NonNullable<NonNullable<V1Deployment['spec']>['template']['spec']>['containers'][number];

/** Says of a Deployment what its controller says once all replicas serve: here no such controller runs. */
export async function makeAvailable(
  installation: ServingInstallation,
  isvc: WrittenInferenceService,
  ...components: readonly string[]
): Promise<void> {
  for (const component of components.length === 0 ? ['predictor'] : components) {
    const deployment = child('Deployment', isvc, `${isvc.metadata.name}-${component}`);
    await found(installation, deployment);
    const conditions = [{ type: 'Available', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }];
    await installation.cluster.patch(deployment, { status: { conditions } }, { subresource: 'status' });
  }
}

/** A namespace with the runtime of upstream's tests. */
export async function namespaceWithRuntime(installation: ServingInstallation, prefix: string): Promise<string> {
  const namespace = await installation.cluster.namespace(prefix);
  await installation.cluster.create(tensorflowRuntime(namespace));
  return namespace;
}

/** Creates an InferenceService. */
export async function created(
  installation: ServingInstallation,
  ...[namespace, name, parts]: Parameters<typeof inferenceServiceOf>
): Promise<WrittenInferenceService> {
  const isvc = inferenceServiceOf(namespace, name, { spec: tensorflowSpec(), ...parts });
  await installation.cluster.create(isvc);
  return isvc;
}
