import type { V1Container } from '@kubernetes/client-node';
import { containerNames } from '../../../../definitions/names/serving';

const numbered = new RegExp(`^${containerNames.storageInitializer}(-\\d+)?$`);

/** Whether an init container fetches model files: the first has the plain name, others of the pod a number after it. */
export function isStorageInitializer({ name }: Pick<V1Container, 'name'>): boolean {
  return numbered.test(name);
}

/** A name that no init container has: `storage-initializer`, else `storage-initializer-1` and so on. */
export function freeName(name: string, taken: readonly Pick<V1Container, 'name'>[]): string {
  for (let number = 0; ; number += 1) {
    const candidate = number === 0 ? name : `${name}-${number}`;
    if (!taken.some((container) => container.name === candidate)) return candidate;
  }
}
