import type { InferenceRunsConfig } from '../config/inference-runs';
import { inferenceGroup, inferenceRunsLease } from '../names/inference';
import { servingGroup } from '../names/serving';
import { leaderElectionPermissions } from './leader-election';
import type { Permission, Verb } from './permission';

const follow = ['list', 'watch'] as const;
/** `get`: an object of the computed name that carries no label of ours is upstream's, or somebody else's, and is looked at before it is made. */
const keep = ['get', ...follow, 'create', 'patch', 'delete'] as const;

/**
 * What the controller of inference runs is allowed to do, metrics apart. It reads no Secret: pods mount them.
 *
 * @param config with namespaces to watch everything but the lease is allowed in these alone, else in the whole cluster
 */
export function inferenceRunsPermissions({
  watchNamespaces,
  inferenceServices,
}: Pick<InferenceRunsConfig, 'watchNamespaces' | 'inferenceServices'>): readonly Permission[] {
  const scope = watchNamespaces.length === 0 ? 'cluster' : 'watched-namespaces';
  const where = (group: string, resource: string, verbs: readonly Verb[], reason: string): Permission => ({
    group,
    resource,
    verbs,
    scope,
    reason,
  });
  return [
    where(
      inferenceGroup,
      'inferenceruns',
      [...follow, 'patch', 'delete'],
      'follow runs; add and remove the finalizer; delete finished runs whose config wants it',
    ),
    where(inferenceGroup, 'inferenceruns/status', ['patch'], 'write phase, conditions, Contract and result'),
    where(
      inferenceGroup,
      'inferenceruns/finalizers',
      ['update'],
      'own Jobs and ConfigMaps where the API server checks who may hold back the deletion of their owner',
    ),
    where(inferenceGroup, 'inferenceconfigs', follow, 'follow the configs that runs use'),
    where(inferenceGroup, 'inferenceconfigs/status', ['patch'], 'say whether a config can be used'),
    where('batch', 'jobs', keep, 'start an attempt, follow it, hold it back, remove it with its run'),
    where('batch', 'cronjobs', keep, 'execute runs on a schedule'),
    where('', 'configmaps', keep, 'hand the Contract to the runner; read parameters of runs'),
    where('', 'pods', follow, 'say in the status why a runner does not start, and how it ended'),
    where('', 'pods/log', ['get'], 'keep the last lines of a runner that failed'),
    where('events.k8s.io', 'events', ['create', 'patch'], 'tell users on their run or config what happened'),
    ...(inferenceServices
      ? [where(servingGroup, 'inferenceservices', follow, 'find the address of the model that a config names')]
      : []),
    ...leaderElectionPermissions(inferenceRunsLease),
  ];
}
