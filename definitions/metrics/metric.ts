/** Base unit in which a metric counts; its name says it too. */
export type MetricUnit = 'seconds' | 'bytes';

interface Described<L extends string> {
  /** Name in Prometheus; for a histogram without `_bucket`, `_sum`, `_count`. */
  readonly name: string;
  readonly help: string;
  /** Labels that the process gives; those of the scraped target come on top. */
  readonly labels: readonly L[];
  readonly unit?: MetricUnit;
}

/** A sum that only grows, and starts at 0 with its process. */
export interface CounterDefinition<L extends string = string> extends Described<L> {
  readonly type: 'counter';
}

/** A value that goes up and down. */
export interface GaugeDefinition<L extends string = string> extends Described<L> {
  readonly type: 'gauge';
}

/** Observations, counted by upper bounds. */
export interface HistogramDefinition<L extends string = string> extends Described<L> {
  readonly type: 'histogram';
  /** Upper bounds, ascending, without +Inf. */
  readonly buckets: readonly number[];
}

/**
 * What is known of a metric before anybody counts: controllers make their metrics from it, alerts and dashboards name
 * metrics and labels through it.
 */
export type MetricDefinition<L extends string = string> =
  CounterDefinition<L> | GaugeDefinition<L> | HistogramDefinition<L>;
