import type { Effect } from './effect';
import type { FieldChange } from './field-changes';

/** One change of an object and what it does. */
export interface Finding extends FieldChange {
  readonly effect: Effect;
  /** Absent for what needs no explanation: it is simply written in place. */
  readonly why?: string;
  /** Whether the API server answers 422: another way than an update may then be open. */
  readonly refused?: boolean;
}
