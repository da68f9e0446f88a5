import type { Effect } from './effect';
import { bytesOf } from './quantities';
import { at, type Rule } from './rule';

/** The API server answers 422 to a change of these. */
function immutable(...fields: readonly string[]): Rule[] {
  return fields.map((field) => ({ field, effect: 'forbidden', why: 'immutable: the API server refuses the change' }));
}

const may = (effect: Effect, why: string, ...fields: readonly string[]): Rule[] =>
  fields.map((field) => ({ field, effect, why }));

/** Pods are replaced as the workload's strategy says. */
const rolls: Rule = { field: 'spec.template', effect: 'rolling restart', why: 'the pod template changes' };

const waitsForDeletion: Rule = {
  field: 'spec.template',
  effect: 'in place',
  why: 'updateStrategy OnDelete: a pod takes it when somebody deletes the pod',
  when: ({ after }) => at(after, 'spec.updateStrategy.type') === 'OnDelete',
};

const noPodLeft: Rule = {
  field: 'spec.replicas',
  effect: 'recreate',
  why: 'no pod is left',
  when: ({ before, after }) => at(after, 'spec.replicas') === 0 && at(before, 'spec.replicas') !== 0,
};

/** Data that is marked immutable, and the mark itself. */
function frozen(...fields: readonly string[]): Rule[] {
  return [...fields, 'immutable'].map((field) => ({
    field,
    effect: 'forbidden',
    why: 'the object is marked immutable: give the new content a new name',
    when: ({ before }) => at(before, 'immutable') === true,
  }));
}

/**
 * A type without rolling update, where the API server has filled one in before: that one stays, since nobody owns it, and
 * the API server refuses the two together.
 */
function leftover(strategy: string): Rule {
  return {
    field: `${strategy}.type`,
    effect: 'forbidden',
    why: 'the API server refuses it beside the rollingUpdate that it filled in: write rollingUpdate first, then remove it',
    when: ({ before, after, written }) =>
      at(before, `${strategy}.rollingUpdate`) !== undefined &&
      at(after, `${strategy}.type`) !== 'RollingUpdate' &&
      at(written, `${strategy}.rollingUpdate`) === undefined,
  };
}

const roleRef: Rule[] = immutable('roleRef');

/**
 * What a change does, by group and kind; of several rules for a field the first holds, and what no rule names happens in
 * place. A kind that is not here has nothing but fields that change in place.
 */
export const rules: Readonly<Record<string, readonly Rule[]>> = {
  'apps/Deployment': [
    ...immutable('spec.selector'),
    leftover('spec.strategy'),
    {
      field: 'spec.template',
      effect: 'in place',
      why: 'the Deployment is paused: pods are replaced when it goes on',
      when: ({ after }) => at(after, 'spec.paused') === true,
    },
    {
      field: 'spec.template',
      effect: 'recreate',
      why: 'the pod template changes, and strategy Recreate stops all pods before new ones start',
      when: ({ after }) => at(after, 'spec.strategy.type') === 'Recreate',
    },
    rolls,
    noPodLeft,
  ],
  'apps/StatefulSet': [
    leftover('spec.updateStrategy'),
    waitsForDeletion,
    {
      field: 'spec.template',
      effect: 'recreate',
      why: 'the pod template changes, and the only pod stops before its successor starts',
      when: ({ after }) => at(after, 'spec.replicas') === 1,
    },
    rolls,
    noPodLeft,
    ...may('recreate', 'pods of other numbers, with other claims, take the place of the pods', 'spec.ordinals'),
    ...may(
      'in place',
      'of claims that are there, the data may be deleted with the StatefulSet or its last pods',
      'spec.persistentVolumeClaimRetentionPolicy',
    ),
    ...may(
      'in place',
      'for the next update',
      'spec.updateStrategy',
      'spec.minReadySeconds',
      'spec.revisionHistoryLimit',
    ),
    ...may('in place', 'scales', 'spec.replicas'),
    // The API server names what may change and refuses the rest of the spec.
    ...immutable('spec'),
  ],
  'apps/DaemonSet': [...immutable('spec.selector'), waitsForDeletion, rolls],
  'apps/ReplicaSet': [...immutable('spec.selector')],
  'batch/Job': [
    ...['metadata', 'spec.nodeSelector', 'spec.tolerations', 'spec.schedulingGates'].map((field): Rule => ({
      field: `spec.template.${field}`,
      effect: 'in place',
      why: 'the Job was never started: where its pods run may still change',
      when: ({ before }) => at(before, 'spec.suspend') === true,
    })),
    {
      field: 'spec.completions',
      effect: 'in place',
      why: 'an indexed Job grows or shrinks when completions and parallelism stay equal',
      when: ({ before, after }) =>
        at(before, 'spec.completionMode') === 'Indexed' &&
        at(after, 'spec.completions') === at(after, 'spec.parallelism'),
    },
    ...immutable(
      'spec.template',
      'spec.selector',
      'spec.completions',
      'spec.completionMode',
      'spec.podFailurePolicy',
      'spec.successPolicy',
      'spec.backoffLimitPerIndex',
      'spec.managedBy',
    ),
  ],
  'batch/CronJob': may('in place', 'from the next run on', 'spec'),
  '/Pod': [...may('in place', 'the container restarts', 'spec.containers[].image'), ...immutable('spec')],
  '/PersistentVolumeClaim': [
    {
      field: 'spec.resources.requests.storage',
      effect: 'in place',
      why: 'the volume grows, if its StorageClass has allowVolumeExpansion',
      when: ({ before, after }) => {
        const [old, wanted] = [before, after].map((side) => bytesOf(at(side, 'spec.resources.requests.storage')));
        return old !== undefined && wanted !== undefined && wanted > old;
      },
    },
    {
      field: 'spec.volumeAttributesClassName',
      effect: 'in place',
      why: 'the driver changes the volume',
      when: ({ after }) => at(after, 'spec.volumeAttributesClassName') !== undefined,
    },
    ...immutable('spec'),
  ],
  '/PersistentVolume': immutable(
    ...['csi', 'fc', 'hostPath', 'iscsi', 'local', 'nfs', 'nodeAffinity', 'volumeMode'].map((name) => `spec.${name}`),
  ),
  '/Service': [
    ...['clusterIP', 'clusterIPs', 'ipFamilies'].flatMap((name): Rule[] => [
      {
        field: `spec.${name}`,
        effect: 'none',
        why: 'the API server keeps the value that the Service has',
        when: (_, { after }) => after === undefined,
      },
      {
        field: `spec.${name}`,
        effect: 'in place',
        why: 'an ExternalName has no address, and gets one when it becomes something else',
        when: ({ before, after }) => [before, after].some((side) => at(side, 'spec.type') === 'ExternalName'),
      },
      ...immutable(`spec.${name}`),
    ]),
    {
      field: 'spec.loadBalancerClass',
      effect: 'forbidden',
      why: 'immutable while the Service is a LoadBalancer: the API server refuses the change',
      when: ({ before, after }) => [before, after].every((side) => at(side, 'spec.type') === 'LoadBalancer'),
    },
  ],
  '/Secret': [...immutable('type'), ...frozen('data', 'stringData')],
  '/ConfigMap': frozen('data', 'binaryData'),
  '/ResourceQuota': immutable('spec.scopes', 'spec.scopeSelector'),
  'rbac.authorization.k8s.io/RoleBinding': roleRef,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleRef,
  'storage.k8s.io/StorageClass': immutable('provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'),
  'storage.k8s.io/VolumeAttributesClass': immutable('driverName', 'parameters'),
  'storage.k8s.io/CSIDriver': immutable('spec.attachRequired', 'spec.volumeLifecycleModes'),
  'scheduling.k8s.io/PriorityClass': immutable('value', 'preemptionPolicy'),
  'node.k8s.io/RuntimeClass': immutable('handler'),
  'networking.k8s.io/IngressClass': immutable('spec.controller'),
  'discovery.k8s.io/EndpointSlice': immutable('addressType'),
  'resource.k8s.io/ResourceClaim': immutable('spec'),
  'resource.k8s.io/ResourceClaimTemplate': immutable('spec'),
  'serving.knative.dev/Service': may('rolling restart', 'a new revision takes over', 'spec.template'),
  'serving.kserve.io/InferenceService': [
    ...['predictor', 'transformer', 'explainer'].flatMap((component) => [
      ...may(
        'in place',
        'scaling and routing',
        ...['canaryTrafficPercent', 'maxReplicas', 'minReplicas', 'scaleMetric', 'scaleTarget', 'autoScaling'].map(
          (name) => `spec.${component}.${name}`,
        ),
      ),
      ...may('rolling restart', `pods of the ${component} change`, `spec.${component}`),
    ]),
  ],
  'serving.kserve.io/ServingRuntime': may('rolling restart', 'pods of every service that uses it change', 'spec'),
  'serving.kserve.io/ClusterServingRuntime': may(
    'rolling restart',
    'pods of every service that uses it change',
    'spec',
  ),
};
