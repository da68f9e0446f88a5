import { inferenceServiceLabel, servingGroup } from './serving';

/** Names of the serving controller's webhooks that it and its charts share. Source: KServe v0.20. */

/** Service in front of the webhooks, port 443. */
export const servingWebhookService = 'kserve-webhook-server-service';

/** Port on which the controller serves them, unless `--webhook-port` says otherwise, and its name in the pod. */
export const servingWebhookPort = 9443;
export const servingWebhookPortName = 'webhook-server';

/** Where the certificate is mounted when somebody else makes it: `tls.crt`, `tls.key`. */
export const webhookCertificateDirectory = '/tmp/k8s-webhook-server/serving-certs';

/** Secret in which cert-manager keeps the certificate. */
export const servingCertificateSecret = 'kserve-webhook-server-cert';

/** Secret in which the controllers keep the certificates that they make themselves; another one, so that the ways don't get mixed up. */
export const servingOwnCertificatesSecret = 'kserve-webhook-server-own-certs';

/** Paths, one per kind and purpose. */
export const servingWebhookPaths = {
  defaultInferenceService: '/mutate-serving-kserve-io-v1beta1-inferenceservice',
  validateInferenceService: '/validate-serving-kserve-io-v1beta1-inferenceservice',
  validateServingRuntime: '/validate-serving-kserve-io-v1alpha1-servingruntime',
  validateClusterServingRuntime: '/validate-serving-kserve-io-v1alpha1-clusterservingruntime',
  validateTrainedModel: '/validate-serving-kserve-io-v1alpha1-trainedmodel',
  validateInferenceGraph: '/validate-serving-kserve-io-v1alpha1-inferencegraph',
  mutatePods: '/mutate-pods',
} as const;
export type ServingWebhookPath = (typeof servingWebhookPaths)[keyof typeof servingWebhookPaths];

/** Versions of reviews that the webhooks understand, the preferred one first. */
export const admissionReviewVersions = ['v1', 'v1beta1'] as const;

/** Kinds of configurations, as the API server calls them. */
export type WebhookConfigurationKind = 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';

/** One webhook of a configuration. */
export interface ServingWebhook {
  readonly configuration: { readonly kind: WebhookConfigurationKind; readonly name: string };
  /** Unique within the configuration. */
  readonly name: string;
  /** Path of its URL. */
  readonly path: ServingWebhookPath;
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
function validation(kind: string, path: ServingWebhookPath, version: string, resource: string): ServingWebhook {
  return {
    configuration: { kind: 'ValidatingWebhookConfiguration', name: `${kind}.${servingGroup}` },
    name: `${kind}.${server}.validator`,
    path,
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
    path: servingWebhookPaths.defaultInferenceService,
    group: servingGroup,
    version: 'v1beta1',
    resource: 'inferenceservices',
    operations: both,
  },
  {
    configuration: { kind: 'MutatingWebhookConfiguration', name: inferenceServices },
    name: `inferenceservice.${server}.pod-mutator`,
    path: servingWebhookPaths.mutatePods,
    group: '',
    version: 'v1',
    resource: 'pods',
    operations: ['CREATE'],
    podsOf: { label: inferenceServiceLabel, withoutNamespaceLabel: controlPlaneLabel },
  },
  validation(
    'clusterservingruntime',
    servingWebhookPaths.validateClusterServingRuntime,
    'v1alpha1',
    'clusterservingruntimes',
  ),
  validation('inferencegraph', servingWebhookPaths.validateInferenceGraph, 'v1alpha1', 'inferencegraphs'),
  validation('inferenceservice', servingWebhookPaths.validateInferenceService, 'v1beta1', 'inferenceservices'),
  validation('servingruntime', servingWebhookPaths.validateServingRuntime, 'v1alpha1', 'servingruntimes'),
  validation('trainedmodel', servingWebhookPaths.validateTrainedModel, 'v1alpha1', 'trainedmodels'),
];

/** Names of the configurations of a kind, each once, in order. */
export function webhookConfigurations(kind: WebhookConfigurationKind): readonly string[] {
  const names = servingWebhooks.flatMap(({ configuration }) =>
    configuration.kind === kind ? [configuration.name] : [],
  );
  return [...new Set(names)];
}

/** Webhook configurations, by kind. */
export const servingWebhookConfigurations = {
  mutating: webhookConfigurations('MutatingWebhookConfiguration'),
  validating: webhookConfigurations('ValidatingWebhookConfiguration'),
} as const;
