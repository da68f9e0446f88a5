import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { dnsEgress, podsIn, tcp } from '../kubernetes/network-peers';
import { externalReferences } from '../kubernetes/references';
import { resourceRequirements } from '../kubernetes/resources';
import { Credentials } from '../secrets/credentials';
import type { GeneratorProps } from '../secrets/generated-secret';
import type { OptionsOf } from './database-options';
import { type DatabaseNames, registryNames } from './names';
import type { RegistryOptions } from './options';

/** A database of a registry. */
export interface DatabaseProps<Options> {
  readonly registry: RegistryOptions;
  readonly options: Options;
  /** Reference of the database's image. */
  readonly image: string;
  /** For credentials that are generated. */
  readonly generator: GeneratorProps;
}

/** What the engines differ in. */
export interface DatabaseServer {
  readonly names: DatabaseNames;
  readonly port: { readonly name: string; readonly number: number };
  /** User and group of the image. */
  readonly user: number;
  readonly args?: readonly string[];
  readonly env: readonly k8s.EnvVar[];
  readonly mountPath: string;
  /** Directories that the server writes besides its data. */
  readonly writable: readonly string[];
  /** Command that succeeds when the server answers queries. */
  readonly ping: readonly string[];
  readonly volumes?: readonly k8s.Volume[];
  readonly volumeMounts?: readonly k8s.VolumeMount[];
  /** Secret of somebody else that the pod refers to. */
  readonly externalSecret: string | undefined;
}

/** Credentials of a database that we bring, from where its options say. */
export function databaseCredentials(
  scope: Construct,
  { registry, options, generator }: DatabaseProps<OptionsOf<'mysql' | 'postgres'>>,
  { secret: name }: DatabaseNames,
): Credentials {
  const { namespace } = registry;
  return new Credentials(scope, 'Credentials', { name, namespace, source: options.credentials, generator });
}

/** Service, disk, Deployment and NetworkPolicy of a database for one registry. */
export function addDatabaseServer(
  scope: Construct,
  { registry, options, image }: DatabaseProps<OptionsOf<'mysql' | 'postgres'>>,
  server: DatabaseServer,
): void {
  const { namespace, networkPolicy } = registry;
  const { names, port } = server;
  const metadata = { name: names.database, namespace, labels: { ...names.selector } };
  new k8s.KubeService(scope, 'Service', {
    metadata,
    spec: { type: 'ClusterIP', selector: { ...names.selector }, ports: [{ name: 'dbapi', port: port.number }] },
  });
  new k8s.KubePersistentVolumeClaim(scope, 'Data', {
    // A disk goes with the data on it: GitOps tools must ask first, and may not take it for a leftover.
    metadata: {
      name: names.volumeClaim,
      namespace,
      annotations: {
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(options.storage.storageClass === undefined ? {} : { storageClassName: options.storage.storageClass }),
      resources: { requests: { storage: k8s.Quantity.fromString(String(options.storage.size)) } },
    },
  });
  new k8s.KubeDeployment(scope, 'Deployment', {
    metadata: {
      ...metadata,
      ...externalReferences(server.externalSecret === undefined ? [] : [`Secret/${server.externalSecret}`]),
    },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 3,
      // Two servers must never have the same files open.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { ...names.selector } },
      template: {
        metadata: { labels: { ...names.selector, 'sidecar.istio.io/inject': 'false' } },
        spec: {
          // A database ends its transactions and writes its buffers.
          terminationGracePeriodSeconds: 60,
          securityContext: { fsGroup: server.user },
          containers: [
            {
              name: 'db-container',
              image,
              ...(server.args === undefined ? {} : { args: [...server.args] }),
              env: [...server.env],
              envFrom: [{ configMapRef: { name: names.parameters } }],
              ports: [{ name: port.name, containerPort: port.number }],
              ...probes(server.ping),
              securityContext: { runAsUser: server.user, runAsGroup: server.user },
              resources: resourceRequirements(options.resources),
              volumeMounts: [
                { name: names.volumeClaim, mountPath: server.mountPath },
                ...server.writable.map((mountPath, index) => ({ name: `writable-${index}`, mountPath })),
                ...(server.volumeMounts ?? []),
              ],
            },
          ],
          volumes: [
            { name: names.volumeClaim, persistentVolumeClaim: { claimName: names.volumeClaim } },
            ...server.writable.map((_, index) => ({ name: `writable-${index}`, emptyDir: {} })),
            ...(server.volumes ?? []),
          ],
        },
      },
    },
  });
  if (networkPolicy === undefined) return;
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: names.database, namespace },
    spec: {
      podSelector: { matchLabels: { ...names.selector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [podsIn(namespace, registryNames(registry).selector)], ports: [tcp(port.number)] }],
      egress: [dnsEgress],
    },
  });
}

/** A server that starts has five minutes: it may have to recover. One that is busy is not restarted. */
function probes(ping: readonly string[]): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const exec = { command: [...ping] };
  return {
    startupProbe: { exec, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
    readinessProbe: { exec, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { exec, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 6 },
  };
}
