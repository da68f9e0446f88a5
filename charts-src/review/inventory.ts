import { groupOf } from '../kubernetes/kinds';
import type { ReviewedEnvironment } from './reviewed-environment';

/** One object and where it comes from. */
export interface InventoryRow {
  readonly environment: string;
  readonly component: string;
  readonly kind: string;
  /** API group; `core` for the one without a name. */
  readonly group: string;
  /** Undefined for what belongs to the whole cluster. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** How many objects a component has in each environment, in their order; undefined where it is not installed. */
export interface ComponentCounts {
  readonly component: string;
  readonly counts: readonly (number | undefined)[];
}

/** Every object of every environment, in the order in which it is applied. */
export function inventoryOf(environments: readonly ReviewedEnvironment[]): InventoryRow[] {
  return environments.flatMap(({ name: environment, components }) =>
    components.flatMap(({ directory: component, manifests }) =>
      manifests.map((manifest) => ({
        environment,
        component,
        kind: manifest.kind,
        group: groupOf(manifest) || 'core',
        namespace: manifest.metadata.namespace,
        name: manifest.metadata.name,
      })),
    ),
  );
}

/** Components in the order in which environments first have them, and how large each is where. */
export function componentCounts(environments: readonly ReviewedEnvironment[]): ComponentCounts[] {
  return componentNames(environments).map((component) => ({
    component,
    counts: environments.map(
      ({ components }) => components.find(({ directory }) => directory === component)?.manifests.length,
    ),
  }));
}

/** Names of all components, each once. */
export function componentNames(environments: readonly ReviewedEnvironment[]): string[] {
  return [...new Set(environments.flatMap(({ components }) => components.map(({ directory }) => directory)))];
}
