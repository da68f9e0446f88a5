import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { configChecksumAnnotation } from '../../definitions/names/controller';
import { spread } from '../kubernetes/availability';
import { externalReferences } from '../kubernetes/references';
import { resourceRequirements } from '../kubernetes/resources';
import { secretVariable } from '../kubernetes/secret-ref';
import { passwordApart } from '../registry/postgres';
import type { CredentialRefs } from '../secrets/credentials';
import { catalogNames, catalogPort, serverLabels } from './names';
import type { CatalogOptions } from './options';

export interface CatalogServerProps {
  readonly options: CatalogOptions;
  readonly image: string;
  /** Image with tar and gzip. */
  readonly unpackImage: string;
  /** Image with Open Data Hub's catalog files. */
  readonly dataImage: string;
  readonly credentials: CredentialRefs;
  /** Secrets of somebody else that the server's pods refer to. */
  readonly external: readonly string[];
}

/** A directory of the server's container, filled from a ConfigMap. */
interface Directory {
  readonly volume: string;
  readonly path: string;
  readonly configMap: string;
  readonly files: Readonly<Record<string, string>>;
}

const performancePath = '/perf-data';
const sharedPath = '/shared-data';

/** ConfigMaps and Deployment of the catalog's server. */
export function addServer(scope: Construct, props: CatalogServerProps): void {
  const { options, image, unpackImage, dataImage, credentials, external } = props;
  const { namespace, replicas, sidecar, performanceData, sharedData, huggingFaceToken, resources } = options;
  const initContainers = [
    ...(performanceData === undefined ? [] : [unpacking(unpackImage, performanceData.fileName)]),
    ...(sharedData ? [copying(dataImage)] : []),
  ];
  const directories = directoriesOf(options);
  for (const { configMap, files } of directories) {
    new k8s.KubeConfigMap(scope, configMap, { metadata: { name: configMap, namespace }, data: { ...files } });
  }
  if (performanceData !== undefined) {
    new k8s.KubeConfigMap(scope, 'PerformanceData', {
      metadata: { name: catalogNames.performanceData, namespace },
      binaryData: { [performanceData.fileName]: performanceData.content },
    });
  }
  const tcpSocket = { port: k8s.IntOrString.fromString('http-api') };
  const files = [...directories.map((directory) => directory.files), performanceData ?? {}];
  const annotations = { [configChecksumAnnotation]: checksum(files) };
  new k8s.KubeDeployment(scope, 'Deployment', {
    metadata: {
      name: catalogNames.deployment,
      namespace,
      labels: { ...serverLabels },
      ...externalReferences(external),
    },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...serverLabels } },
      template: {
        metadata: { labels: { ...serverLabels, 'sidecar.istio.io/inject': String(sidecar) }, annotations },
        spec: {
          terminationGracePeriodSeconds: 30,
          ...spread({ name: catalogNames.deployment, namespace, selector: serverLabels, replicas }),
          ...(initContainers.length === 0 ? {} : { initContainers }),
          containers: [
            {
              name: 'catalog',
              image,
              command: ['/model-registry', 'catalog'],
              args: [
                `--listen=0.0.0.0:${catalogPort}`,
                ...(options.defaultSources === undefined ? [] : ['--catalogs-path=/default-sources/sources.yaml']),
                '--catalogs-path=/catalog/sources.yaml',
                ...(performanceData === undefined ? [] : [`--performance-metrics=${performancePath}`]),
              ],
              env: [
                { name: 'PGHOST', value: catalogNames.database },
                ...passwordApart(credentials.username, credentials.password),
                { name: 'PGDATABASE', value: 'model_catalog' },
                ...(huggingFaceToken === undefined ? [] : [secretVariable('HF_API_KEY', huggingFaceToken)]),
              ],
              ports: [{ name: 'http-api', containerPort: catalogPort }],
              startupProbe: { tcpSocket, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
              livenessProbe: { tcpSocket, initialDelaySeconds: 30, periodSeconds: 5, timeoutSeconds: 2 },
              readinessProbe: { tcpSocket, initialDelaySeconds: 3, periodSeconds: 5, timeoutSeconds: 2 },
              resources: resourceRequirements(resources),
              volumeMounts: [
                ...directories.map(({ volume, path }) => ({ name: volume, mountPath: path, readOnly: true })),
                ...(performanceData === undefined
                  ? []
                  : [{ name: 'perf-data', mountPath: performancePath, readOnly: true }]),
                ...(sharedData ? [{ name: 'shared-data', mountPath: sharedPath, readOnly: true }] : []),
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            ...directories.map(({ volume, configMap }) => ({ name: volume, configMap: { name: configMap } })),
            ...(performanceData === undefined
              ? []
              : [
                  { name: 'perf-data', emptyDir: {} },
                  { name: 'perf-data-archive', configMap: { name: catalogNames.performanceData } },
                ]),
            ...(sharedData ? [{ name: 'shared-data', emptyDir: {} }] : []),
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  });
}

function directoriesOf({ sources, defaultSources, testData }: CatalogOptions): readonly Directory[] {
  const { sources: configMap, defaultSources: defaults, testData: tests } = catalogNames;
  return [
    { volume: 'sources', path: '/catalog', configMap, files: sources },
    ...(defaultSources === undefined
      ? []
      : [{ volume: 'default-sources', path: '/default-sources', configMap: defaults, files: defaultSources }]),
    ...(testData === undefined ? [] : [{ volume: 'testdata', path: '/testdata', configMap: tests, files: testData }]),
  ];
}

function unpacking(image: string, file: string): k8s.Container {
  return {
    name: 'perf-data-init',
    image,
    command: ['tar', '-xzf', `/archive/${file}`, '-C', performancePath],
    securityContext: { runAsUser: 65_534, runAsGroup: 65_534 },
    resources: resourceRequirements({ requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } }),
    volumeMounts: [
      { name: 'perf-data', mountPath: performancePath },
      { name: 'perf-data-archive', mountPath: '/archive', readOnly: true },
    ],
  };
}

function copying(image: string): k8s.Container {
  const files = ['models-catalog.yaml', 'validated-models-catalog.yaml'].map((file) => `/app/data/${file}`).join(' ');
  return {
    name: 'catalog-data-init',
    image,
    command: ['/bin/sh', '-c', `mkdir -p ${sharedPath}/catalog && cp ${files} ${sharedPath}/catalog/`],
    securityContext: { runAsUser: 65_534, runAsGroup: 65_534 },
    resources: resourceRequirements({ requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } }),
    volumeMounts: [{ name: 'shared-data', mountPath: sharedPath }],
  };
}

function checksum(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
