import type { JsonMap, Manifest } from '../../../charts-src/kubernetes/manifest';
import type { ReviewedEnvironment } from '../../../charts-src/review/reviewed-environment';

/** An object of the namespace `shop`, with members beside its metadata. */
export function object(kind: string, name: string, members: JsonMap = {}, apiVersion = 'v1'): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...members };
}

/** An object without a namespace. */
export function clusterObject(kind: string, name: string, members: JsonMap = {}): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name }, ...members };
}

/** A Deployment of `shop` whose pods have the label `app: NAME` and a container of that name. */
export function workload(name: string, podSpec: JsonMap = {}, container: JsonMap = {}): Manifest {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name, image: `example.org/${name}:1`, ...container }], ...podSpec },
  };
  return object('Deployment', name, { spec: { template } }, 'apps/v1');
}

/** A NetworkPolicy of `shop` for the pods with the label `app: NAME`. */
export function policy(name: string, spec: JsonMap): Manifest {
  const podSelector = { matchLabels: { app: name } };
  return object('NetworkPolicy', name, { spec: { podSelector, ...spec } }, 'networking.k8s.io/v1');
}

/** An environment with one component. */
export function environmentOf(name: string, manifests: readonly Manifest[], directory = 'web'): ReviewedEnvironment {
  return { name, components: [{ directory, manifests }] };
}
