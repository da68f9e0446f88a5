import { ApiObject } from 'cdk8s';
import type { Environment } from '../environments/environment';
import { imageReference } from '../images';
import { toManifest, type Manifest } from '../kubernetes/manifest';
import { refuseDuplicates } from '../kubernetes/names';
import { applyPasses } from '../kubernetes/passes';
import { refuseUnknownReferences } from '../kubernetes/references';
import { serialize, serializeManifests } from '../kubernetes/serialize';
import { Platform } from '../platform';

/** One component as rendered. */
export interface RenderedComponent {
  /** Folder below the environment's. */
  readonly directory: string;
  readonly manifests: readonly Manifest[];
}

/**
 * Renders an environment in memory.
 *
 * @throws naming object and rule when one of the passes refuses an object
 */
export function renderEnvironment(environment: Environment): readonly RenderedComponent[] {
  const images = new Set(Object.values(environment.images).map(imageReference));
  const priority = environment.priorityClass === undefined ? {} : { priorityClass: environment.priorityClass.name };
  const components = new Platform(environment).components.map(({ directory, componentLabels: labels, node }) => {
    const objects = node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    const manifests = applyPasses(
      objects.map((object) => toManifest(object.toJson())),
      { labels, images, ...priority },
    );
    return { directory, manifests };
  });
  refuseDuplicates(new Map(components.map(({ directory, manifests }) => [directory, manifests])));
  refuseUnknownReferences(components.flatMap(({ manifests }) => manifests));
  return components;
}

/** Files of a rendered environment by path below its folder: per component one of objects and one for kustomize. */
export function environmentFiles(components: readonly RenderedComponent[]): Map<string, string> {
  return new Map(components.flatMap(({ directory, manifests }) => folderFiles(directory, manifests)));
}

/** Files of one folder that `kubectl apply -k` takes, by path. */
export function folderFiles(directory: string, manifests: readonly Manifest[]): [path: string, text: string][] {
  const file = `${directory}.yaml`;
  const kustomization = serialize({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [file],
  });
  return [
    [`${directory}/${file}`, serializeManifests(manifests)],
    [`${directory}/kustomization.yaml`, kustomization],
  ];
}
