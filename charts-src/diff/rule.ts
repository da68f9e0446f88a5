import { isMap, type Json, type Manifest } from '../kubernetes/manifest';
import type { Effect } from './effect';
import type { FieldChange } from './field-changes';

/** Two forms of one object. */
export interface Sides {
  /** As the API server completes it. */
  readonly before: Manifest;
  /** As the API server completes it. */
  readonly after: Manifest;
  /** The first form as it was applied. What the API server added to that is nobody's, and stays when it is not mentioned. */
  readonly written: Manifest;
}

/** What a change of a field does. */
export interface Rule {
  /** `spec.template` stands for everything in it, too; `containers[]` for every item. */
  readonly field: string;
  readonly effect: Effect;
  /** Completes "because"; for the reader of a report. */
  readonly why: string;
  /** Further conditions, seen on the whole object and on the change. @default always */
  readonly when?: (sides: Sides, change: FieldChange) => boolean;
}

/** Whether a change lies in a rule's field. */
export function covers({ field }: Rule, { path }: FieldChange): boolean {
  return field.split('.').every((name, index) => {
    const segment = path[index];
    return segment === name || segment?.replace(/\[.*\]$/s, '[]') === name;
  });
}

/** The value at a path of members. */
export function at(object: Json | undefined, field: string): Json | undefined {
  return field.split('.').reduce<Json | undefined>((value, name) => (isMap(value) ? value[name] : undefined), object);
}
