import type { Expression } from './expression';

/** A line, or several when the expression has labels. */
interface Query {
  readonly expression: Expression;
  /** Put before the values of the labels in the legend. */
  readonly legend?: string;
}

/** One picture of a dashboard; its unit is that of its first query. */
export interface Panel {
  readonly title: string;
  /** What to look for, shown on demand. */
  readonly description: string;
  /** `number`: the present value; `name`: the labels of the series that there are; `lines`: values over time. */
  readonly shows: 'number' | 'name' | 'lines';
  readonly queries: readonly [Query, ...Query[]];
  /** Below this a number is red. */
  readonly redBelow?: number;
}

/** Panels under one heading. */
export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}
