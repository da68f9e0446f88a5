import { caBundleConfigMap, servingConfigMap, servingLabels, stopAnnotation } from '../../../definitions/names/serving';
import { modelConfigName } from '../../../definitions/names/serving-runtimes';
import { waitFor } from '../../cluster/wait-for';
import type { ObjectReference } from '../../cluster/unstructured-object';
import { conditionOf, inferenceServiceOf, type ServingInstallation } from './serving-installation';

/** Something that users see, and the permissions without which it does not happen. */
export interface Scenario {
  readonly name: string;
  readonly needs: readonly string[];
  /** The controller gets ready without the kind. */
  readonly optional?: boolean;
  /** Told once and never again: what was refused does not come later. */
  readonly lost?: boolean;
  /** Brings about what the controller has to react to. @returns whether it has */
  act(namespace: string): Promise<() => Promise<boolean>>;
}

const group = 'serving.kserve.io';

/** A child of a predictor or of an InferenceService, by its kind. */
const kinds = {
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment', suffix: '-predictor' },
  services: { apiVersion: 'v1', kind: 'Service', suffix: '-predictor' },
  horizontalpodautoscalers: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', suffix: '-predictor' },
  ingresses: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', suffix: '' },
  httproutes: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', suffix: '' },
} as const;
type ChildKind = keyof typeof kinds;

function child(kind: ChildKind, namespace: string, name = 'iris'): ObjectReference {
  const { apiVersion, kind: word, suffix } = kinds[kind];
  return { apiVersion, kind: word, metadata: { namespace, name: `${name}${suffix}` } };
}

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: servingConfigMap, namespace: 'kserve' } };

/** What users do and see while a controller runs. */
export class Scenarios {
  private count = 0;

  constructor(private readonly installation: ServingInstallation) {}

  /** Changes members of one document of the settings. */
  async configure(key: string, change: object): Promise<void> {
    const { data } = (await this.installation.cluster.get(configMap)) as unknown as { data: Record<string, string> };
    const document = { ...(JSON.parse(data[key] ?? '{}') as object), ...change };
    await this.installation.cluster.patch(configMap, { data: { [key]: JSON.stringify(document) } });
  }

  readonly while: readonly Scenario[] = [
    {
      name: 'runs a predictor that is reached from outside',
      needs: [
        `${group}/inferenceservices patch`,
        `${group}/inferenceservices/status patch`,
        ...[
          'apps/deployments',
          '/services',
          'autoscaling/horizontalpodautoscalers',
          'networking.k8s.io/ingresses',
        ].flatMap((kind) => [`${kind} get`, `${kind} create`, `${kind} patch`]),
      ],
      act: async (namespace) => {
        const iris = await this.create(namespace);
        return async () => (await this.isReady(iris)) && this.has(child('ingresses', namespace));
      },
    },
    {
      name: 'stops a predictor',
      needs: [
        'apps/deployments',
        '/services',
        'autoscaling/horizontalpodautoscalers',
        'networking.k8s.io/ingresses',
      ].map((kind) => `${kind} delete`),
      act: async (namespace) => {
        const iris = await this.create(namespace);
        await this.installation.ready(iris);
        await this.installation.cluster.patch(iris, { metadata: { annotations: { [stopAnnotation]: 'true' } } });
        return () => this.none(namespace, ['deployments', 'services', 'horizontalpodautoscalers', 'ingresses']);
      },
    },
    {
      name: 'runs a predictor that is reached through a Gateway',
      needs: ['get', 'create', 'patch'].map((verb) => `gateway.networking.k8s.io/httproutes ${verb}`),
      act: async (namespace) => {
        await this.configure('ingress', { enableGatewayApi: true });
        await this.create(namespace);
        return async () => {
          if (!(await this.has(child('httproutes', namespace)))) return false;
          await this.configure('ingress', { enableGatewayApi: false });
          return true;
        };
      },
    },
    {
      name: 'takes routes away when the cluster goes back to Ingresses',
      needs: ['gateway.networking.k8s.io/httproutes delete'],
      act: async (namespace) => {
        await this.configure('ingress', { enableGatewayApi: true });
        await this.create(namespace);
        await waitFor('the route', () => this.has(child('httproutes', namespace)));
        await this.configure('ingress', { enableGatewayApi: false });
        return () => this.none(namespace, ['httproutes']);
      },
    },
    {
      name: 'deletes an InferenceService with its models',
      needs: [`${group}/trainedmodels list`, `${group}/trainedmodels delete`],
      act: async (namespace) => {
        const iris = await this.create(namespace);
        await this.installation.ready(iris);
        const labels = { [servingLabels.trainedModelParent]: 'iris' };
        const model = {
          apiVersion: `${group}/v1alpha1`,
          kind: 'TrainedModel',
          metadata: { name: 'model', namespace, labels },
          spec: { inferenceService: 'iris', model: { framework: 'sklearn', storageUri: 's3://b/m', memory: '1Gi' } },
        };
        await this.installation.cluster.create(model);
        await this.installation.cluster.remove(iris);
        return async () => !(await this.has(iris)) && !(await this.has(model));
      },
    },
    {
      name: 'fetches several models with the credentials of a ServiceAccount',
      needs: ['/secrets get', '/serviceaccounts get'],
      act: async (namespace) => {
        const { cluster } = this.installation;
        const metadata = { name: 'storage', namespace };
        const data = { AWS_ACCESS_KEY_ID: 'YQ==', AWS_SECRET_ACCESS_KEY: 'Yg==' };
        await cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata, data });
        await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata, secrets: [{ name: 'storage' }] });
        const model = { modelFormat: { name: 'sklearn' } };
        const storageUris = [{ uri: 's3://b/m', mountPath: '/mnt/models/a' }];
        await this.create(namespace, { predictor: { model, storageUris, serviceAccountName: 'storage' } });
        return () => this.has(child('deployments', namespace));
      },
    },
    {
      name: 'gives a multi-model predictor its list',
      needs: ['/configmaps create'],
      act: async (namespace) => {
        const env = [{ name: 'MULTI_MODEL_SERVER', value: 'true' }];
        await this.create(namespace, { predictor: { containers: [{ name: 'kserve-container', image: 'a', env }] } });
        return () =>
          this.has({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: modelConfigName('iris'), namespace } });
      },
    },
    {
      name: 'brings certificates to where models run',
      needs: ['/configmaps get', '/configmaps patch'],
      act: async (namespace) => {
        const source = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ca', namespace: 'kserve' } };
        await this.installation.cluster.apply({ ...source, data: { 'cabundle.crt': 'PEM' } } as ObjectReference);
        await this.configure('storageInitializer', { caBundleConfigMapName: 'ca' });
        await this.create(namespace);
        return async () => {
          if (!(await this.has({ ...source, metadata: { name: caBundleConfigMap, namespace } }))) return false;
          await this.configure('storageInitializer', { caBundleConfigMapName: '' });
          return true;
        };
      },
    },
    {
      name: 'tells users what is wrong',
      needs: ['events.k8s.io/events create'],
      lost: true,
      act: async (namespace) => {
        const iris = await this.create(namespace, { predictor: { model: { modelFormat: { name: 'nobody' } } } });
        return async () => (await this.installation.eventsOn(iris)).length > 0;
      },
    },
  ];

  /** What a controller sees only because it lists and watches a kind. */
  readonly watched: readonly Scenario[] = [
    {
      name: 'runs what is created',
      needs: follow(`${group}/inferenceservices`),
      act: async (namespace) => {
        await this.create(namespace);
        return () => this.has(child('deployments', namespace));
      },
    },
    ...(['ServingRuntime', 'ClusterServingRuntime'] as const).map((kind): Scenario => ({
      name: `takes up a ${kind} that comes later`,
      needs: follow(`${group}/${kind.toLowerCase()}s`),
      act: async (namespace) => {
        const runtime = `late-${(this.count += 1)}`;
        const model = { modelFormat: { name: 'odd' }, runtime, storageUri: 's3://b/m' };
        await this.refused(await this.create(namespace, { predictor: { model } }));
        await this.installation.cluster.create({
          apiVersion: `${group}/v1alpha1`,
          kind,
          metadata: { name: runtime, ...(kind === 'ServingRuntime' && { namespace }) },
          spec: {
            supportedModelFormats: [{ name: 'odd', version: '1', autoSelect: true }],
            containers: [{ name: 'kserve-container', image: 'a' }],
          },
        });
        return () => this.has(child('deployments', namespace));
      },
    })),
    {
      name: 'takes up a ClusterStorageContainer that comes later',
      needs: follow(`${group}/clusterstoragecontainers`),
      act: async (namespace) => {
        const scheme = `odd${(this.count += 1)}`;
        const model = { modelFormat: { name: 'sklearn' }, storageUri: `${scheme}://b/m` };
        await this.refused(await this.create(namespace, { predictor: { model } }));
        await this.installation.cluster.create({
          apiVersion: `${group}/v1alpha1`,
          kind: 'ClusterStorageContainer',
          metadata: { name: scheme },
          spec: {
            container: { name: 'storage-initializer', image: 'a' },
            supportedUriFormats: [{ prefix: `${scheme}://` }],
          },
        });
        return () => this.has(child('deployments', namespace));
      },
    },
    {
      name: 'takes up a change of the settings',
      needs: ['list', 'watch'].map((verb) => `/configmaps ${verb} ${servingConfigMap}`),
      act: async (namespace) => {
        const iris = await this.create(namespace);
        await this.installation.ready(iris);
        const ingressDomain = `domain-${(this.count += 1)}.example.com`;
        await this.configure('ingress', { ingressDomain });
        return async () => (await this.installation.stored(iris))?.status?.url?.endsWith(ingressDomain) ?? false;
      },
    },
    {
      name: 'becomes ready with its Deployment',
      needs: follow('apps/deployments'),
      act: async (namespace) => {
        const iris = await this.create(namespace);
        return () => this.isReady(iris);
      },
    },
    ...(['services', 'horizontalpodautoscalers'] as const).map((kind): Scenario => ({
      name: `makes ${kind} anew that somebody deletes`,
      needs: follow(kind === 'services' ? '/services' : `autoscaling/${kind}`),
      act: (namespace) => this.deleted(kind, namespace),
    })),
    {
      name: 'makes Ingresses anew that somebody deletes',
      needs: follow('networking.k8s.io/ingresses'),
      act: (namespace) => this.deleted('ingresses', namespace),
    },
    {
      name: 'makes HTTPRoutes anew that somebody deletes',
      needs: follow('gateway.networking.k8s.io/httproutes'),
      optional: true,
      act: async (namespace) => {
        await this.configure('ingress', { enableGatewayApi: true });
        const reached = await this.deleted('httproutes', namespace, async () => {
          await waitFor('the route', () => this.has(child('httproutes', namespace)));
        });
        return async () => {
          if (!(await reached())) return false;
          await this.configure('ingress', { enableGatewayApi: false });
          return true;
        };
      },
    },
    {
      name: 'says in the status why no node takes a model',
      needs: follow('/pods'),
      act: async (namespace) => {
        const model = { modelFormat: { name: 'sklearn' }, storageUri: 's3://b/m' };
        const iris = await this.create(namespace, { predictor: { model, labels: { fate: 'unschedulable' } } });
        return async () => {
          const status = (await this.installation.stored(iris))?.status;
          return conditionOf(status, 'PredictorReady')?.message?.includes('nodes are available') ?? false;
        };
      },
    },
  ];

  /** Deletes a child by hand when all is quiet. */
  private async deleted(
    kind: ChildKind,
    namespace: string,
    made?: () => Promise<void>,
  ): Promise<() => Promise<boolean>> {
    const iris = await this.create(namespace);
    await (made?.() ?? this.installation.ready(iris));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await this.installation.cluster.remove(child(kind, namespace));
    return () => this.has(child(kind, namespace));
  }

  private async create(namespace: string, spec?: object) {
    const iris = inferenceServiceOf(namespace, 'iris', spec === undefined ? {} : { spec });
    await this.installation.cluster.create(iris);
    return iris;
  }

  private async refused(iris: ReturnType<typeof inferenceServiceOf>): Promise<void> {
    await this.installation.until(
      iris,
      'to be refused',
      ({ modelStatus }) => modelStatus?.transitionStatus === 'InvalidSpec',
    );
  }

  private async isReady(iris: ReturnType<typeof inferenceServiceOf>): Promise<boolean> {
    return conditionOf((await this.installation.stored(iris))?.status, 'Ready')?.status === 'True';
  }

  private async has(object: ObjectReference): Promise<boolean> {
    return (await this.installation.cluster.find(object)) !== undefined;
  }

  private async none(namespace: string, which: readonly ChildKind[]): Promise<boolean> {
    const there = await Promise.all(which.map((kind) => this.has(child(kind, namespace))));
    return !there.includes(true);
  }
}

const follow = (kind: string) => [`${kind} list`, `${kind} watch`];
