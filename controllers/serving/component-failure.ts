import type { ComponentName } from '../../definitions/names/serving';

/** The spec of a transformer or explainer can't be served as it is. Waiting helps only when it changes. */
export class ComponentFailure extends Error {
  constructor(
    readonly component: ComponentName,
    message: string,
  ) {
    super(message);
    this.name = 'ComponentFailure';
  }
}
