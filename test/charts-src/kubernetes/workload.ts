import { type JsonMap, type Manifest, mapAt } from '../../../charts-src/kubernetes/manifest';
import { containersOf, podTemplateOf } from '../../../charts-src/kubernetes/pod-template';

/** A Deployment of one container, with parts of the pod's and of the container's spec. */
export function deployment(podSpec: JsonMap = {}, container: JsonMap = {}): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { ...podSpec, containers: [{ name: 'server', image: 'example.org/web:1', ...container }] },
      },
    },
  };
}

/** The pod's spec of a workload. */
export function podSpecOf(manifest: Manifest): JsonMap {
  return mapAt(podTemplateOf(manifest) ?? {}, 'spec');
}

/** The first container of a workload. */
export function containerOf(manifest: Manifest): JsonMap {
  const [container] = containersOf(podSpecOf(manifest));
  if (container === undefined) throw new Error(`${manifest.kind} ${manifest.metadata.name} has no container`);
  return container;
}
