import type {
  CounterDefinition,
  GaugeDefinition,
  HistogramDefinition,
  MetricUnit,
} from '../../definitions/metrics/metric';
import type { ScrapeTarget, TargetLabel } from './scrape-target';

/** Unit of the values of an expression. */
export type Unit = MetricUnit | 'per second' | 'cores' | 'ratio' | 'none';

/** Span of a range; the second form is for dashboards only, where Grafana fits it to resolution and scrape interval. */
type Window = `${number}${'m' | 'h'}` | '$__rate_interval';

/** Text that a label must equal, or a regular expression that must match all of it. */
type Matcher = string | { readonly matches: string };

interface Selection<L extends string, B extends L | TargetLabel> {
  /** Labels to keep; series that differ in others are aggregated. */
  readonly by?: readonly B[];
  readonly where?: Partial<Readonly<Record<L | TargetLabel, Matcher>>>;
}

interface RangeSelection<L extends string, B extends L | TargetLabel> extends Selection<L, B> {
  readonly over: Window;
}

interface InstantSelection<L extends string, B extends L | TargetLabel> extends Selection<L, B> {
  /** Reads the past instead of now. */
  readonly ago?: Window;
}

/** PromQL. The class stays in this file: only what {@link queriesOf} makes of metric definitions can be an expression. */
class PromQl<L extends string> {
  readonly #text: string;

  constructor(
    text: string,
    /** Labels of its series. */
    readonly labels: readonly L[],
    readonly unit: Unit,
  ) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** Series above a value. */
  above(value: number): Expression<L> {
    return new PromQl(`${this.#text} > ${value}`, this.labels, this.unit);
  }

  /** Series below a value. */
  below(value: number): Expression<L> {
    return new PromQl(`${this.#text} < ${value}`, this.labels, this.unit);
  }

  /** Series at least as large as the other's of the same labels. */
  atLeast(other: Expression<L>): Expression<L> {
    return new PromQl(`${this.#text} >= ${other.text}`, this.labels, this.unit);
  }

  /** Share of the other's series of the same labels; not a number where that one is 0. */
  dividedBy(other: Expression<L>): Expression<L> {
    return new PromQl(`${this.#text} / ${other.text}`, this.labels, 'ratio');
  }

  /** Share that this one has in the sum of the two: of the same labels; not a number where both are 0. */
  shareWith(other: Expression<L>): Expression<L> {
    return new PromQl(`${this.#text} / (${this.#text} + ${other.text})`, this.labels, 'ratio');
  }

  /** Seconds from now until the time that the value says. */
  fromNow(): Expression<L> {
    return new PromQl(`${this.#text} - time()`, this.labels, 'seconds');
  }

  /** Series that the other one has too. */
  and(other: Expression<L>): Expression<L> {
    return new PromQl(`(${this.#text}) and (${other.text})`, this.labels, this.unit);
  }

  /** Series that one of the two has; this one's value where both have it. */
  or(other: Expression<L>): Expression<L> {
    return new PromQl(`(${this.#text}) or (${other.text})`, this.labels, this.unit);
  }

  /** 1 when there is no series. */
  absent(): Expression<never> {
    return new PromQl<never>(`absent(${this.#text})`, [], 'none');
  }
}

/** A PromQL expression in which every metric and label exists. */
export type Expression<L extends string = string> = PromQl<L>;

/** Makes expressions about one scrape target. */
export function queriesOf({ namespace, job }: ScrapeTarget) {
  const instant =
    (operator: 'sum' | 'min' | 'max') =>
    <L extends string, B extends L | TargetLabel = never>(
      { name, unit, labels }: GaugeDefinition<L>,
      { by = [], where = {}, ago }: InstantSelection<L, B> = {},
    ): Expression<B> => {
      const past = ago === undefined ? '' : ` offset ${ago}`;
      return new PromQl(`${operator}${grouping(by)}(${name}${selector(labels, where)}${past})`, by, unit ?? 'none');
    };

  return {
    sum: instant('sum'),
    min: instant('min'),
    max: instant('max'),

    /** Growth per second. */
    rate: <L extends string, B extends L | TargetLabel = never>(
      { name, unit, labels }: CounterDefinition<L>,
      { by = [], where = {}, over }: RangeSelection<L, B>,
    ): Expression<B> =>
      new PromQl(
        `sum${grouping(by)}(rate(${name}${selector(labels, where)}[${over}]))`,
        by,
        // Seconds of CPU in a second.
        unit === 'seconds' ? 'cores' : 'per second',
      ),

    /** Growth over the whole span. */
    increase: <L extends string, B extends L | TargetLabel = never>(
      { name, unit, labels }: CounterDefinition<L>,
      { by = [], where = {}, over }: RangeSelection<L, B>,
    ): Expression<B> =>
      new PromQl(`sum${grouping(by)}(increase(${name}${selector(labels, where)}[${over}]))`, by, unit ?? 'none'),

    /** Observations per second. */
    count: <L extends string, B extends L | TargetLabel = never>(
      { name, labels }: HistogramDefinition<L>,
      { by = [], where = {}, over }: RangeSelection<L, B>,
    ): Expression<B> =>
      new PromQl(`sum${grouping(by)}(rate(${name}_count${selector(labels, where)}[${over}]))`, by, 'per second'),

    /** What Grafana asks for the values of a label that a variable of a dashboard can take. */
    labelValues: <L extends string>(
      { name, labels }: GaugeDefinition<L>,
      label: NoInfer<L>,
      where: Selection<L, never>['where'] = {},
    ): string => `label_values(${name}${selector(labels, where)}, ${label})`,

    /** Value below which this share of the observations lie. */
    quantile: <L extends string, B extends L | TargetLabel = never>(
      share: number,
      { name, unit, labels }: HistogramDefinition<L>,
      { by = [], where = {}, over }: RangeSelection<L, B>,
    ): Expression<B> => {
      const buckets = `sum${grouping(['le', ...by])}(rate(${name}_bucket${selector(labels, where)}[${over}]))`;
      return new PromQl(`histogram_quantile(${share}, ${buckets})`, by, unit ?? 'none');
    },
  };

  /** Series that say by themselves whose namespace they are about keep that label: the job has to tell installations apart. */
  function selector(labels: readonly string[], where: Readonly<Record<string, Matcher | undefined>>): string {
    const all: typeof where = { job, ...(labels.includes('namespace') ? {} : { namespace }), ...where };
    const matchers = Object.entries(all).flatMap(([label, matcher]) => {
      if (matcher === undefined) return [];
      const [operator, value] = typeof matcher === 'string' ? ['=', matcher] : ['=~', matcher.matches];
      return [`${label}${operator}${JSON.stringify(value)}`];
    });
    return `{${matchers.join(', ')}}`;
  }
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')}) `;
}
