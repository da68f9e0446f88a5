import type { ObjectChange } from './compare';

/** One change, and every folder that has it. */
export interface SharedChange {
  readonly change: ObjectChange;
  /** `environment/component`, sorted as the changes were. */
  readonly folders: readonly string[];
}

/** What is the same in several environments is told once. The order stays. */
export function together(changes: readonly ObjectChange[]): SharedChange[] {
  const shared = new Map<string, SharedChange>();
  for (const change of changes) {
    const { environment, component, before: _, after: __, ...same } = change;
    const key = JSON.stringify(same);
    const folders = shared.get(key)?.folders ?? [];
    shared.set(key, {
      change: shared.get(key)?.change ?? change,
      folders: [...folders, `${environment}/${component}`],
    });
  }
  return [...shared.values()];
}
