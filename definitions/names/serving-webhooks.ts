import { inferenceServiceLabel, servingGroup } from './serving';

/**
 * Webhooks of the serving API: charts register what the controller serves. Names and paths are KServe's, so that ours take the
 * place of an installation's.
 */

/** Service by which the API server reaches the webhooks. */
export const webhookService = 'kserve-webhook-server-service';

/** Secret with the certificate of the webhooks: cert-manager's, or the one that the controller keeps itself. */
export const webhookSecret = 'kserve-webhook-server-cert';

/** Port of the webhooks in the pod. */
export const webhookPort = 9443;

/** Where a certificate that somebody else makes is mounted: `tls.crt` and `tls.key`. */
export const webhookCertificateDirectory = '/tmp/k8s-webhook-server/serving-certs';

/** Kinds of configurations, as the API server calls them. */
export type WebhookConfigurationKind = 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';

/** One webhook of a configuration. */
export interface ServingWebhook {
  readonly configuration: { readonly kind: WebhookConfigurationKind; readonly name: string };
  /** Unique within the configuration. */
  readonly name: string;
  /** Path of its URL. */
  readonly path: string;
  /** Objects that it is asked about. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Never DELETE: an object must go also while nobody answers. */
  readonly operations: readonly ('CREATE' | 'UPDATE')[];
  /** Pods: those of InferenceServices only, outside of namespaces that hold a control plane. */
  readonly podsOf?: { readonly label: string; readonly withoutNamespaceLabel: string };
}

/** Label of namespaces whose pods no webhook of ours touches, and of the manager's own pods. */
export const controlPlaneLabel = 'control-plane';

const inferenceServices = `inferenceservice.${servingGroup}`;
const both = ['CREATE', 'UPDATE'] as const;
const server = 'kserve-webhook-server';

/** A validation of one kind in a configuration of its own. */
function validation(kind: string, version: string, resource: string): ServingWebhook {
  return {
    configuration: { kind: 'ValidatingWebhookConfiguration', name: `${kind}.${servingGroup}` },
    name: `${kind}.${server}.validator`,
    path: `/validate-serving-kserve-io-${version}-${kind}`,
    group: servingGroup,
    version,
    resource,
    operations: both,
  };
}

/** All webhooks, in the order of their configurations' names. */
export const servingWebhooks: readonly ServingWebhook[] = [
  {
    configuration: { kind: 'MutatingWebhookConfiguration', name: inferenceServices },
    name: `inferenceservice.${server}.defaulter`,
    path: '/mutate-serving-kserve-io-v1beta1-inferenceservice',
    group: servingGroup,
    version: 'v1beta1',
    resource: 'inferenceservices',
    operations: both,
  },
  {
    configuration: { kind: 'MutatingWebhookConfiguration', name: inferenceServices },
    name: `inferenceservice.${server}.pod-mutator`,
    path: '/mutate-pods',
    group: '',
    version: 'v1',
    resource: 'pods',
    operations: ['CREATE'],
    podsOf: { label: inferenceServiceLabel, withoutNamespaceLabel: controlPlaneLabel },
  },
  validation('clusterservingruntime', 'v1alpha1', 'clusterservingruntimes'),
  validation('inferencegraph', 'v1alpha1', 'inferencegraphs'),
  validation('inferenceservice', 'v1beta1', 'inferenceservices'),
  validation('servingruntime', 'v1alpha1', 'servingruntimes'),
  validation('trainedmodel', 'v1alpha1', 'trainedmodels'),
];

/** Names of the configurations of a kind, each once, in order. */
export function webhookConfigurations(kind: WebhookConfigurationKind): readonly string[] {
  const names = servingWebhooks.flatMap(({ configuration }) =>
    configuration.kind === kind ? [configuration.name] : [],
  );
  return [...new Set(names)];
}
