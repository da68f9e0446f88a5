import type { V1PodSpec } from '@kubernetes/client-node';
import { mergePodSpec } from '../../../../controllers/serving/runtimes/merge-pod-spec';
import { frozen } from '../frozen';

const containers = [{ name: 'kserve-container' }];
const merge = (base: Partial<V1PodSpec>, overlay: Partial<V1PodSpec>) =>
  mergePodSpec(frozen(base), frozen({ containers, ...overlay }));

describe('merging the pod of an InferenceService over that of its runtime (§5.5.2)', () => {
  const cases: { name: string; base: Partial<V1PodSpec>; overlay: Partial<V1PodSpec>; merged: Partial<V1PodSpec> }[] = [
    {
      name: 'puts pull secrets of the InferenceService before those that only the runtime has',
      base: { imagePullSecrets: [{ name: 'sr' }] },
      overlay: { imagePullSecrets: [{ name: 'isvc' }] },
      merged: { imagePullSecrets: [{ name: 'isvc' }, { name: 'sr' }] },
    },
    {
      name: 'merges node selectors by key, and affinity deeply with its lists as a whole',
      base: {
        nodeSelector: { a: '1', b: '2' },
        affinity: {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] },
        },
      },
      overlay: {
        nodeSelector: { b: '3' },
        affinity: { podAntiAffinity: {}, nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      },
      merged: {
        nodeSelector: { a: '1', b: '3' },
        affinity: {
          podAntiAffinity: {},
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] },
        },
      },
    },
    {
      name: 'replaces tolerations as a whole',
      base: { tolerations: [{ key: 'a' }, { key: 'b' }] },
      overlay: { tolerations: [{ key: 'b', operator: 'Exists' }] },
      merged: { tolerations: [{ key: 'b', operator: 'Exists' }] },
    },
    {
      name: 'keeps the tolerations of the runtime when the InferenceService has an empty list',
      base: { tolerations: [{ key: 'a' }] },
      overlay: { tolerations: [] },
      merged: { tolerations: [{ key: 'a' }] },
    },
    {
      name: 'leaves a volume one source',
      base: {
        volumes: [
          { name: 'cache', emptyDir: { medium: 'Memory' } },
          { name: 'shm', emptyDir: { medium: 'Memory' } },
        ],
      },
      overlay: {
        volumes: [
          { name: 'cache', persistentVolumeClaim: { claimName: 'c' } },
          { name: 'shm', emptyDir: { sizeLimit: '1Gi' } },
        ],
      },
      merged: {
        volumes: [
          { name: 'cache', persistentVolumeClaim: { claimName: 'c' } },
          { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
        ],
      },
    },
    {
      name: 'leaves a resource claim one source, and keeps the source of an item that is only mentioned',
      base: {
        resourceClaims: [{ name: 'gpu', resourceClaimName: 'a' }],
        volumes: [{ name: 'cache', emptyDir: {} }],
      },
      overlay: {
        resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'b' }],
        volumes: [{ name: 'cache' }],
      },
      merged: {
        resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'b' }],
        volumes: [{ name: 'cache', emptyDir: {} }],
      },
    },
    {
      name: 'keeps the scheduler of the runtime unless the InferenceService names one',
      base: { schedulerName: 'kueue' },
      overlay: { serviceAccountName: 'models' },
      merged: { schedulerName: 'kueue', serviceAccountName: 'models' },
    },
    {
      name: 'merges host aliases and spread constraints by their keys',
      base: {
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
        topologySpreadConstraints: [{ topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1 }],
      },
      overlay: {
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['b'] }],
        topologySpreadConstraints: [{ topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 2 }],
      },
      merged: {
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['b'] }],
        topologySpreadConstraints: [{ topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 2 }],
      },
    },
    {
      name: 'takes containers and init containers of the overlay only',
      base: { containers: [{ name: 'base' }], initContainers: [{ name: 'base' }] },
      overlay: {},
      merged: {},
    },
  ];
  it.each(cases)('$name', ({ base, overlay, merged }) => {
    expect(merge(base, overlay)).toEqual({ containers, ...merged });
  });
});
