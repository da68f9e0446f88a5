import type { ByComponent } from './component-plans';

/** Whether each component serves. */
export type ReadyComponents = ByComponent<boolean>;
