import { type Manifest, mapAt, mapsAt, textOf } from '../../kubernetes/manifest';
import { containersOf, podTemplateOf } from '../../kubernetes/pod-template';

/** A workload as policies see it. */
export interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** Named ports of its containers, as `TCP 8080`. */
  readonly ports: ReadonlyMap<string, string>;
}

/** The workloads among these objects. */
export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap((manifest) => {
    const template = podTemplateOf(manifest);
    if (template === undefined) return [];
    const labels = Object.entries(mapAt(mapAt(template, 'metadata'), 'labels'));
    const ports = containersOf(mapAt(template, 'spec'))
      .flatMap((container) => mapsAt(container, 'ports'))
      .map(({ name, containerPort, protocol = 'TCP' }): [string, string] => [
        `${textOf(protocol)} ${textOf(name)}`,
        `${textOf(protocol)} ${textOf(containerPort)}`,
      ]);
    return [
      {
        kind: manifest.kind,
        namespace: manifest.metadata.namespace ?? '',
        name: manifest.metadata.name,
        labels: Object.fromEntries(labels.map(([key, value]) => [key, textOf(value)])),
        ports: new Map(ports),
      },
    ];
  });
}
