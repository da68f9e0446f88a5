import { randomBytes } from 'node:crypto';
import type { TestCluster } from '../../../cluster/test-cluster';

/** A webhook of a test: asked about objects of one namespace alone, so that it is in nobody else's way. */
export interface TestWebhook {
  readonly kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';
  readonly namespace: string;
  readonly url: string;
  /** PEM; absent: nothing is trusted yet. */
  readonly trusted?: string;
  /** @default ConfigMaps with a label `reviewed` */
  readonly rule?: { readonly group: string; readonly version: string; readonly resource: string };
  /** @default ['v1', 'v1beta1'] */
  readonly versions?: readonly string[];
  /** Seconds. @default 10 */
  readonly timeout?: number;
}

/** The configuration as it is created. */
export function webhookConfiguration(
  webhook: TestWebhook,
  name = `test-${randomBytes(5).toString('hex')}.slipway.dev`,
) {
  const { kind, namespace, url, trusted, rule, versions = ['v1', 'v1beta1'], timeout = 10 } = webhook;
  const { group, version, resource } = rule ?? { group: '', version: 'v1', resource: 'configmaps' };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    webhooks: [
      {
        name: `first.${name}`,
        clientConfig: {
          url,
          ...(trusted === undefined ? {} : { caBundle: Buffer.from(trusted).toString('base64') }),
        },
        rules: [
          { apiGroups: [group], apiVersions: [version], resources: [resource], operations: ['CREATE', 'UPDATE'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        ...(rule === undefined
          ? { objectSelector: { matchExpressions: [{ key: 'reviewed', operator: 'Exists' }] } }
          : {}),
        admissionReviewVersions: versions,
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: timeout,
      },
    ],
  };
}

/**
 * Registers a webhook.
 *
 * @returns what takes it away; it stands for the whole cluster, so it must not outlive its test
 */
export async function register(cluster: TestCluster, webhook: TestWebhook): Promise<() => Promise<void>> {
  const configuration = webhookConfiguration(webhook);
  await cluster.create(configuration);
  return () => cluster.remove(configuration);
}
