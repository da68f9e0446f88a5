import { groupOf } from '../kubernetes/kinds';
import type { Manifest } from '../kubernetes/manifest';
import type { Effect } from './effect';

/** What is lost with an object. */
interface Loss {
  readonly effect: Effect;
  readonly why: string;
}

const users = 'who uses it finds it gone';
const service = 'what it serves stops';

/** What the removal of an object means, by group and kind. */
const losses: Readonly<Record<string, Loss>> = {
  '/Namespace': { effect: 'forbidden', why: 'everything in it is deleted, volumes included' },
  'apiextensions.k8s.io/CustomResourceDefinition': {
    effect: 'forbidden',
    why: 'every object of the kind is deleted, in all namespaces',
  },
  '/PersistentVolumeClaim': { effect: 'forbidden', why: 'its volume, and with most classes the data, goes with it' },
  '/PersistentVolume': { effect: 'forbidden', why: 'claims that are bound to it lose their data' },
  'kustomize.toolkit.fluxcd.io/Kustomization': { effect: 'forbidden', why: 'Flux prunes everything it deployed' },
  'argoproj.io/ApplicationSet': { effect: 'forbidden', why: 'Argo CD deletes its Applications and what they deployed' },
  'argoproj.io/Application': { effect: 'in place', why: 'what it deployed stays, and nobody keeps it in step' },
  'argoproj.io/AppProject': { effect: 'recreate', why: 'its Applications are not synced any more' },

  'apps/Deployment': { effect: 'recreate', why: service },
  'apps/StatefulSet': { effect: 'recreate', why: `${service}; claims of its template stay` },
  'apps/DaemonSet': { effect: 'recreate', why: service },
  '/Service': { effect: 'recreate', why: 'its name and address are gone' },
  'networking.k8s.io/Ingress': { effect: 'recreate', why: users },
  'serving.kserve.io/InferenceService': { effect: 'recreate', why: service },

  '/Secret': { effect: 'recreate', why: 'pods that refer to it do not start any more' },
  '/ConfigMap': { effect: 'recreate', why: 'pods that refer to it do not start any more' },
  'external-secrets.io/ExternalSecret': { effect: 'recreate', why: 'the Secret it made is deleted with it' },
  'bitnami.com/SealedSecret': { effect: 'recreate', why: 'the Secret it made is deleted with it' },
  '/ServiceAccount': { effect: 'recreate', why: 'tokens of pods that run under it are refused' },
  'cert-manager.io/Certificate': { effect: 'in place', why: 'its Secret stays, and nobody renews it' },
  'cert-manager.io/Issuer': { effect: 'in place', why: 'certificates stay, and nobody renews them' },
  'storage.k8s.io/StorageClass': { effect: 'in place', why: 'volumes stay; new claims of the class stay pending' },

  'rbac.authorization.k8s.io/ClusterRole': { effect: 'in place', why: 'the permissions are gone at once' },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { effect: 'in place', why: 'the permissions are gone at once' },
  'rbac.authorization.k8s.io/Role': { effect: 'in place', why: 'the permissions are gone at once' },
  'rbac.authorization.k8s.io/RoleBinding': { effect: 'in place', why: 'the permissions are gone at once' },
  'networking.k8s.io/NetworkPolicy': { effect: 'in place', why: 'traffic it kept out is let in' },
  'security.istio.io/AuthorizationPolicy': { effect: 'in place', why: 'traffic it kept out is let in' },
  'policy/PodDisruptionBudget': { effect: 'in place', why: 'pods may be evicted all at once' },
  'batch/Job': { effect: 'in place', why: 'a run that is under way stops' },
  'batch/CronJob': { effect: 'in place', why: 'it does not run again' },
  'autoscaling/HorizontalPodAutoscaler': { effect: 'in place', why: 'the number of pods stays as it is' },
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': { effect: 'in place', why: 'objects are not checked' },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': { effect: 'in place', why: 'objects are not completed' },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': { effect: 'in place', why: 'objects are not checked' },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': {
    effect: 'in place',
    why: 'objects are not checked',
  },
  'monitoring.coreos.com/ServiceMonitor': { effect: 'in place', why: 'its metrics are not collected any more' },
  'monitoring.coreos.com/PodMonitor': { effect: 'in place', why: 'its metrics are not collected any more' },
  'monitoring.coreos.com/PrometheusRule': { effect: 'in place', why: 'nobody is alerted any more' },
};

/** What the removal of an object means. Of a kind we do not know, the worse is assumed. */
export function lossOf(manifest: Manifest): Loss {
  return losses[`${groupOf(manifest)}/${manifest.kind}`] ?? { effect: 'recreate', why: users };
}
