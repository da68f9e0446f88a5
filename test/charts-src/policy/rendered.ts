import { environments } from '../../../charts-src/environments/environments';
import { type JsonMap, type Manifest, mapAt, mapsAt } from '../../../charts-src/kubernetes/manifest';
import { podTemplateOf } from '../../../charts-src/kubernetes/pod-template';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { renderTarget } from '../../../charts-src/output/render-target';
import { targets } from '../../../charts-src/targets/targets';

/** Everything that one apply brings. */
export interface Rendered {
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** Whether it is complete: a target may be a part of something. */
  readonly complete: boolean;
}

/** All environments and all targets. */
export const rendered: readonly Rendered[] = [
  ...environments.map((make) => {
    const environment = make();
    const manifests = renderEnvironment(environment).flatMap((component) => component.manifests);
    return { name: `environment ${environment.name}`, manifests, complete: true };
  }),
  ...targets.map((make) => {
    const target = make();
    const complete = target.kinds === undefined && target.directories === undefined;
    return { name: `target ${target.name}`, manifests: renderTarget(target), complete };
  }),
];

/** A workload with its pods' labels, specification and containers. */
export interface Workload {
  readonly manifest: Manifest;
  readonly name: string;
  readonly namespace: string;
  readonly podLabels: JsonMap;
  readonly podSpec: JsonMap;
  /** Init containers last. */
  readonly containers: readonly JsonMap[];
  /** Those that go on running. */
  readonly mainContainers: readonly JsonMap[];
}

/** The workloads among objects. */
export function workloadsOf(manifests: readonly Manifest[]): readonly Workload[] {
  return manifests.flatMap((manifest) => {
    const template = podTemplateOf(manifest);
    if (template === undefined) return [];
    const podSpec = mapAt(template, 'spec');
    const mainContainers = mapsAt(podSpec, 'containers');
    return [
      {
        manifest,
        name: `${manifest.kind}/${manifest.metadata.name}`,
        namespace: manifest.metadata.namespace ?? '',
        podLabels: mapAt(mapAt(template, 'metadata'), 'labels'),
        podSpec,
        containers: [...mainContainers, ...mapsAt(podSpec, 'initContainers')],
        mainContainers,
      },
    ];
  });
}

/** Whether labels have all pairs of a selector. */
export function selects(selector: JsonMap, labels: JsonMap): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
