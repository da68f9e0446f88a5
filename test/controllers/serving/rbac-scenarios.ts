import { caBundleConfigMap, servingConfigMap, servingLabels, stopAnnotation } from '../../../definitions/names/serving';
import { modelConfigName } from '../../../definitions/names/serving-runtimes';
import { waitFor } from '../../cluster/wait-for';
import type { ObjectReference } from '../../cluster/unstructured-object';
import { conditionOf, inferenceServiceOf, type ServingInstallation } from './serving-installation';

/** Something that users see, and the permissions without which it does not happen. */
export interface Scenario {
  readonly name: string;
  readonly needs: readonly string[];
  /** Told once and never again: what was refused does not come later. */
  readonly lost?: boolean;
  /** Brings about what the controller has to react to. @returns whether it has */
  act(namespace: string): Promise<() => Promise<boolean>>;
}

const group = 'serving.kserve.io';

const template = {
  metadata: { labels: { app: 'theirs' } },
  spec: { containers: [{ name: 'theirs', image: 'theirs' }] },
};

/** A child of a predictor or of an InferenceService, by its kind; and what one of somebody else could look like. */
const kinds = {
  deployments: {
    group: 'apps',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    suffix: '-predictor',
    spec: { selector: { matchLabels: { app: 'theirs' } }, template },
  },
  services: { group: '', apiVersion: 'v1', kind: 'Service', suffix: '-predictor', spec: { ports: [{ port: 80 }] } },
  horizontalpodautoscalers: {
    group: 'autoscaling',
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    suffix: '-predictor',
    spec: { maxReplicas: 1, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'theirs' } },
  },
  ingresses: {
    group: 'networking.k8s.io',
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    suffix: '',
    spec: { defaultBackend: { service: { name: 'theirs', port: { number: 80 } } } },
  },
  httproutes: {
    group: 'gateway.networking.k8s.io',
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    suffix: '',
    spec: { parentRefs: [{ name: 'theirs' }] },
  },
} as const;
type ChildKind = keyof typeof kinds;

function child(kind: ChildKind, namespace: string, name = 'iris'): ObjectReference {
  const { apiVersion, kind: word, suffix } = kinds[kind];
  return { apiVersion, kind: word, metadata: { namespace, name: `${name}${suffix}` } };
}

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: servingConfigMap, namespace: 'kserve' } };

/** What users do and see while a controller runs. */
export class Scenarios {
  constructor(private readonly installation: ServingInstallation) {}

  /** Changes members of one document of the settings. */
  async configure(key: string, change: object): Promise<void> {
    const { data } = (await this.installation.cluster.get(configMap)) as unknown as { data: Record<string, string> };
    const document = { ...(JSON.parse(data[key] ?? '{}') as object), ...change };
    await this.installation.cluster.patch(configMap, { data: { [key]: JSON.stringify(document) } });
  }

  readonly all: readonly Scenario[] = [
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
        ].flatMap((kind) => [`${kind} create`, `${kind} patch`]),
      ],
      act: async (namespace) => {
        const iris = await this.create(namespace);
        return async () => (await this.isReady(iris)) && this.has(child('ingresses', namespace));
      },
    },
    // Only those with a label of ours are watched: others are found when their name is taken.
    ...(['deployments', 'services', 'horizontalpodautoscalers'] as const).map((kind): Scenario => ({
      name: `says that it needs the name of somebody else’s ${kinds[kind].kind}`,
      needs: [`${kinds[kind].group}/${kind} get`],
      act: async (namespace) => {
        await this.takeName(kind, namespace);
        return this.taken(namespace);
      },
    })),
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
      needs: ['create', 'patch'].map((verb) => `gateway.networking.k8s.io/httproutes ${verb}`),
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

  /** Somebody else makes an object with the name of a child. */
  async takeName(kind: ChildKind, namespace: string): Promise<void> {
    await this.installation.cluster.create({ ...child(kind, namespace), spec: kinds[kind].spec } as ObjectReference);
  }

  /** An InferenceService whose child can’t have its name. @returns whether that is said */
  async taken(namespace: string): Promise<() => Promise<boolean>> {
    const iris = await this.create(namespace);
    return async () => {
      const { conditions = [] } = (await this.installation.stored(iris))?.status ?? {};
      return conditions.some(({ message }) => message?.includes('is needed but'));
    };
  }

  private async create(namespace: string, spec?: object) {
    const iris = inferenceServiceOf(namespace, 'iris', spec === undefined ? {} : { spec });
    await this.installation.cluster.create(iris);
    return iris;
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
