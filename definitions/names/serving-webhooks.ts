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

/** Webhook configurations, by kind. */
export const servingWebhookConfigurations = {
  mutating: ['inferenceservice.serving.kserve.io'],
  validating: [
    'inferenceservice.serving.kserve.io',
    'trainedmodel.serving.kserve.io',
    'inferencegraph.serving.kserve.io',
    'clusterservingruntime.serving.kserve.io',
    'servingruntime.serving.kserve.io',
  ],
} as const;

/** Versions of reviews that the webhooks understand, the preferred one first. */
export const admissionReviewVersions = ['v1', 'v1beta1'] as const;
