import type { Expression } from './expression';

/** `critical`: somebody has to act now; `warning`: soon. */
export type Severity = 'critical' | 'warning';

/** Placeholder of a label's or the expression's value in the texts of an alert. */
interface Placeholders<L extends string> {
  readonly label: (name: L) => string;
  /** The value as a share: `12.5%`. */
  readonly percentage: string;
}

interface AlertSource<L extends string> {
  /** CamelCase, unique among all alerts of all components. */
  readonly name: string;
  /** Fires for each series that this has. */
  readonly expression: Expression<L>;
  /** How long it must have been so. */
  readonly minutes: number;
  readonly severity: Severity;
  /** What is the matter: one sentence. */
  readonly summary: (placeholders: Placeholders<L>) => string;
  /** What it means for users, and what to do. */
  readonly description: (placeholders: Placeholders<L>) => string;
}

/** An alert with its texts. */
export interface Alert extends Pick<AlertSource<string>, 'name' | 'minutes' | 'severity'> {
  readonly expression: string;
  /** Labels of its series. */
  readonly labels: readonly string[];
  readonly summary: string;
  readonly description: string;
}

/** Describes an alert; its texts can only name labels that its expression has. */
export function alert<L extends string>(source: AlertSource<L>): Alert {
  const { name, expression, minutes, severity, summary, description } = source;
  const placeholders: Placeholders<L> = {
    label: (label) => `{{ $labels.${label} }}`,
    percentage: '{{ $value | humanizePercentage }}',
  };
  return {
    name,
    minutes,
    severity,
    expression: expression.text,
    labels: expression.labels,
    summary: summary(placeholders),
    description: description(placeholders),
  };
}
