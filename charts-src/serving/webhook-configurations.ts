import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import {
  admissionReviewVersions,
  type ServingWebhook,
  servingWebhooks,
  servingWebhookService,
  type WebhookConfigurationKind,
  webhookConfigurations,
} from '../../definitions/names/serving-webhooks';
import type { ServingOptions } from './options';
import { injectionAnnotation } from './webhook-certificate';

/**
 * Tells the API server which objects to ask about. It refuses them while nobody answers: only our kinds, and pods of
 * InferenceServices. The authority of the certificate is written by whoever makes that.
 */
export function addWebhookConfigurations(scope: Construct, options: ServingOptions): void {
  const annotations = injectionAnnotation(options);
  for (const name of webhookConfigurations('MutatingWebhookConfiguration')) {
    new k8s.KubeMutatingWebhookConfiguration(scope, `Mutating ${name}`, {
      metadata: { name, annotations },
      webhooks: webhooksOf('MutatingWebhookConfiguration', name).map((webhook) => ({
        ...registered(webhook, options),
        // What another webhook adds after ours may need the model's files too.
        reinvocationPolicy: webhook.podsOf === undefined ? 'Never' : 'IfNeeded',
      })),
    });
  }
  for (const name of webhookConfigurations('ValidatingWebhookConfiguration')) {
    new k8s.KubeValidatingWebhookConfiguration(scope, `Validating ${name}`, {
      metadata: { name, annotations },
      webhooks: webhooksOf('ValidatingWebhookConfiguration', name).map((webhook) => registered(webhook, options)),
    });
  }
}

/**
 * Taking the last finalizer away is an update: without this an object could not go while nobody answers, whoever's the finalizer
 * is. What is written to an object on its way out makes no difference any more.
 */
const notGoing: k8s.MatchCondition = {
  name: 'not-being-deleted',
  expression: '!has(object.metadata.deletionTimestamp)',
};

function webhooksOf(kind: WebhookConfigurationKind, name: string): readonly ServingWebhook[] {
  return servingWebhooks.filter(({ configuration }) => configuration.kind === kind && configuration.name === name);
}

function registered(webhook: ServingWebhook, { namespace, webhooks }: ServingOptions): k8s.ValidatingWebhook {
  const { name, path, group, version, resource, operations, podsOf } = webhook;
  const { url } = webhooks;
  return {
    name,
    admissionReviewVersions: [...admissionReviewVersions],
    clientConfig:
      url === undefined
        ? { service: { name: servingWebhookService, namespace, path, port: 443 } }
        : { url: new URL(path, url).href },
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: 10,
    rules: [
      { apiGroups: [group], apiVersions: [version], resources: [resource], operations: [...operations], scope: '*' },
    ],
    ...(podsOf === undefined ? { matchConditions: [notGoing] } : selectors(podsOf)),
  };
}

function selectors({ label, withoutNamespaceLabel }: NonNullable<ServingWebhook['podsOf']>) {
  return {
    namespaceSelector: { matchExpressions: [{ key: withoutNamespaceLabel, operator: 'DoesNotExist' }] },
    objectSelector: { matchExpressions: [{ key: label, operator: 'Exists' }] },
  };
}
