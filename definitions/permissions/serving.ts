import type { ServingConfig } from '../config/serving';
import { servingConfigMap, servingGroup, servingLease } from '../names/serving';
import { servingWebhookConfigurations } from '../names/serving-webhooks';
import { leaderElectionPermissions } from './leader-election';
import type { Permission, Verb } from './permission';

const follow = ['list', 'watch'] as const;
/**
 * A child is applied server-side, which is a patch and, for a new object, needs `create` too; `get`: an object of somebody else that
 * has its name is looked for before it is made.
 */
const keep = ['get', ...follow, 'create', 'patch', 'delete'] as const;

/**
 * What the serving controller is allowed to do, metrics apart. Children and credentials are in namespaces of users, which nobody
 * knows beforehand: those rules hold in the whole cluster.
 *
 * @param config certificates that the controllers make themselves are kept in a Secret and told to the API server
 */
export const servingPermissions = ({ webhooks }: Pick<ServingConfig, 'webhooks'>): readonly Permission[] => [
  inCluster(
    servingGroup,
    'inferenceservices',
    [...follow, 'patch'],
    'follow InferenceServices; add and remove the finalizer',
  ),
  inCluster(servingGroup, 'inferenceservices/status', ['patch'], 'write conditions, URL and model status'),
  inCluster(servingGroup, 'servingruntimes', follow, 'choose the model server among those of the namespace'),
  inCluster(servingGroup, 'clusterservingruntimes', follow, 'choose the model server among those of the cluster'),
  inCluster(servingGroup, 'clusterstoragecontainers', follow, 'choose the container that fetches the model'),
  inCluster(
    servingGroup,
    'trainedmodels',
    ['list', 'delete'],
    'delete the models of a multi-model InferenceService that is deleted',
  ),
  inCluster(servingGroup, 'localmodelcaches', ['list'], 'find the cache on nodes that has a service’s model'),
  inCluster(
    servingGroup,
    'localmodelnamespacecaches',
    ['list'],
    'find the namespace’s cache that has a service’s model',
  ),
  inCluster('apps', 'deployments', keep, 'run predictor, transformer and explainer'),
  inCluster('', 'services', keep, 'give predictor, transformer and explainer an address'),
  inCluster('autoscaling', 'horizontalpodautoscalers', keep, 'scale predictor, transformer and explainer'),
  inCluster('networking.k8s.io', 'ingresses', keep, 'let requests in from outside of the cluster'),
  inCluster('gateway.networking.k8s.io', 'httproutes', keep, 'let requests in through a Gateway'),
  inCluster('', 'pods', follow, 'say in the status why a model does not load'),
  inCluster(
    '',
    'configmaps',
    ['get', 'create', 'patch'],
    'copy certificates to trust to where models run; keep the list of models of a multi-model predictor',
  ),
  inCluster('', 'secrets', ['get'], 'find the credentials of a model’s storage when its pod is created'),
  inCluster('', 'serviceaccounts', ['get'], 'find the Secrets with credentials that a pod’s ServiceAccount names'),
  inCluster('events.k8s.io', 'events', ['create', 'patch'], 'tell users on their InferenceService what happened'),
  {
    group: '',
    resource: 'configmaps',
    verbs: ['list', 'watch'],
    resourceNames: [servingConfigMap],
    scope: 'own-namespace',
    reason: 'read the settings and notice a change',
  },
  ...leaderElectionPermissions(servingLease),
  ...(webhooks.enabled && webhooks.certificate.from === 'self-managed'
    ? certificatePermissions(webhooks.certificate.secret)
    : []),
];

/** `create` and the others stand apart: a create can't be limited to a name. */
const certificatePermissions = (secret: string): readonly Permission[] => [
  {
    group: '',
    resource: 'secrets',
    verbs: ['create'],
    scope: 'own-namespace',
    reason: 'keep the certificate of the webhooks, on first start',
  },
  {
    group: '',
    resource: 'secrets',
    verbs: ['update'],
    resourceNames: [secret],
    scope: 'own-namespace',
    reason:
      'share the certificate of the webhooks among replicas and renew it; it may be read as Secrets of models may',
  },
  ...(['mutating', 'validating'] as const).map((purpose) => ({
    group: 'admissionregistration.k8s.io',
    resource: `${purpose}webhookconfigurations`,
    verbs: ['list', 'watch', 'patch'] as const,
    resourceNames: servingWebhookConfigurations[purpose],
    scope: 'cluster' as const,
    reason: 'tell the API server whose certificates to trust, and put that right when somebody overwrites it',
  })),
];

function inCluster(group: string, resource: string, verbs: readonly Verb[], reason: string): Permission {
  return { group, resource, verbs, scope: 'cluster', reason };
}
