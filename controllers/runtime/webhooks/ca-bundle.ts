import type { ApiResource, KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import type { ObjectToSend } from '../client';

/** A configuration of webhooks, of either kind, as far as trust goes. */
export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks?: readonly {
    readonly name: string;
    /** `caBundle`: PEM in base64. */
    readonly clientConfig: { readonly caBundle?: string };
  }[];
}

const admissionRegistration = { group: 'admissionregistration.k8s.io', version: 'v1', scope: 'Cluster' } as const;

export const mutatingWebhookConfigurations: ApiResource<WebhookConfiguration> = {
  ...admissionRegistration,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
};

export const validatingWebhookConfigurations: ApiResource<WebhookConfiguration> = {
  ...admissionRegistration,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
};

/**
 * What has to be applied so that all webhooks of a configuration trust the certificates: nothing but `caBundle`, and only to this very
 * version of it, so that what we learned meanwhile is never overwritten with what we knew before.
 *
 * @param certificates PEM
 * @returns undefined when they do
 */
export function trusting(
  { metadata, webhooks = [] }: WebhookConfiguration,
  certificates: string,
): ObjectToSend<WebhookConfiguration> | undefined {
  const caBundle = Buffer.from(certificates).toString('base64');
  if (webhooks.every(({ clientConfig }) => clientConfig.caBundle === caBundle)) return undefined;
  const { name, resourceVersion } = metadata;
  return {
    metadata: { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    webhooks: webhooks.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
  };
}
