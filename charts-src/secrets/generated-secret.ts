import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { nodePath, programPath, imageUser } from '../../definitions/names/controller';
import { generatesAnnotation } from '../../definitions/names/manifests';
import type { apiServerAddresses } from '../kubernetes/network-peers';
import { dnsEgress, egressTo } from '../kubernetes/network-peers';

/** What the Job needs besides the Secret's content. */
export interface GeneratorProps {
  /** Reference of our image. */
  readonly image: string;
  /** Where the API server is, for a NetworkPolicy. @default none: nothing denies the Job's traffic */
  readonly apiServer?: z.output<typeof apiServerAddresses>;
}

export interface GeneratedSecretProps extends GeneratorProps {
  readonly name: string;
  readonly namespace: string;
  /** Values that are no secret. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys that get a random password. */
  readonly passwords: readonly string[];
}

/**
 * A Secret made in the cluster by a Job, so that no file and no repository ever has its content. The Job applies the Secret
 * under a field manager of its own: the API server refuses it when the Secret is there already. Its ServiceAccount may create
 * this one Secret and can't read it.
 */
export class GeneratedSecret extends Construct {
  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const { name: secret, namespace, image, apiServer, values, passwords } = props;
    const name = `${secret}-generator`;
    const metadata = { name, namespace };
    const labels = { 'app.kubernetes.io/name': 'secret-generator', 'app.kubernetes.io/instance': name };
    new k8s.KubeServiceAccount(this, 'ServiceAccount', { metadata, automountServiceAccountToken: false });
    new k8s.KubeRole(this, 'Role', {
      metadata,
      rules: [
        // A create by name is a server-side apply: it is the only one whose name the API server knows when it asks.
        { apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['create', 'patch'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'RoleBinding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
    if (apiServer !== undefined) {
      new k8s.KubeNetworkPolicy(this, 'NetworkPolicy', {
        metadata,
        spec: {
          podSelector: { matchLabels: labels },
          policyTypes: ['Ingress', 'Egress'],
          egress: [dnsEgress, ...egressTo(apiServer)],
        },
      });
    }
    new k8s.KubeJob(this, 'Job', {
      metadata: {
        ...metadata,
        labels,
        annotations: {
          [generatesAnnotation]: `Secret/${secret}`,
          // The template of a Job can't be changed: either tool puts a new Job in its place.
          'argocd.argoproj.io/hook': 'Sync',
          'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
          'kustomize.toolkit.fluxcd.io/force': 'enabled',
        },
      },
      spec: {
        // Tried for about an hour: the API server may be starting too.
        backoffLimit: 12,
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: true,
            restartPolicy: 'Never',
            securityContext: { runAsUser: imageUser, runAsGroup: imageUser },
            containers: [
              {
                name: 'generate-secret',
                image,
                command: [nodePath, programPath],
                args: [
                  'generate-secret',
                  `--namespace=${namespace}`,
                  `--name=${secret}`,
                  ...Object.entries(values).map(([key, value]) => `--value=${key}=${value}`),
                  ...passwords.map((key) => `--password=${key}`),
                ],
                env: [{ name: 'NODE_COMPILE_CACHE', value: '/tmp/node-compile-cache' }],
                resources: {
                  requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('64Mi') },
                  limits: { memory: k8s.Quantity.fromString('128Mi') },
                },
                volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    });
  }
}
