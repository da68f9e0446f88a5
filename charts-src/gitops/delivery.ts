import { placed } from './order';
import type { GitopsOptions } from './options';
import type { ComponentContent } from './component-content';

/** One folder of the repository that a GitOps tool installs: an Application of Argo CD, a Kustomization of Flux. */
export interface Delivery {
  /** Name of the component or the workload. */
  readonly name: string;
  /** Folder in the repository. */
  readonly path: string;
  readonly wave: number;
  /** Names of deliveries that have to be healthy before. */
  readonly dependsOn: readonly string[];
  /** Undefined for a workload: its files are somebody else's. */
  readonly component: ComponentContent | undefined;
  /** Namespace of what names none; something has to be said even where nothing has one. */
  readonly namespace: string;
}

/** What is installed of an environment, in order. Workloads come after everything else. */
export function deliveries(
  environment: string,
  { path, workloads }: GitopsOptions,
  components: readonly ComponentContent[],
): readonly Delivery[] {
  const byDirectory = new Map(components.map((component) => [component.directory, component]));
  const places = placed([...byDirectory.keys()]);
  const anywhere = components.flatMap(({ namespaces }) => namespaces).sort()[0] ?? 'default';
  const platform = places.map(({ directory, wave, dependsOn }) => {
    const component = byDirectory.get(directory);
    const namespace = component?.namespaces[0] ?? anywhere;
    return { name: directory, path: `${path}/${environment}/${directory}`, wave, dependsOn, component, namespace };
  });
  const wave = Math.max(-1, ...places.map((place) => place.wave)) + 1;
  const dependsOn = places.map(({ directory }) => directory);
  return [...platform, ...workloads.map((workload) => ({ ...workload, wave, dependsOn, component: undefined }))];
}
