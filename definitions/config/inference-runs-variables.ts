import { secondsOf } from './go-duration';
import type { InferenceRunsConfig, InferenceRunsSettings } from './inference-runs';

/** One environment variable of the controller, upstream's or in its manner, and the setting it stands for. */
export interface InferenceRunsVariable {
  readonly name: string;
  /** Upstream's flag for the same; it wins over the variable. */
  readonly flag?: string;
  /** The variable's value for a configuration; undefined where nothing is set. */
  readonly render: (config: InferenceRunsConfig) => string | undefined;
  /** The setting that a value of the variable asks for. @throws Error when the value means nothing */
  readonly parse: (value: string) => InferenceRunsSettings;
}

/** Variables for settings of the configuration file. */
export const inferenceRunsVariables: readonly InferenceRunsVariable[] = [
  {
    name: 'WATCH_NAMESPACE',
    flag: 'watchnamespace',
    render: ({ watchNamespaces }) => watchNamespaces.join(','),
    parse: (value) => ({ watchNamespaces: listed(value) }),
  },
  {
    name: 'POLLING_INTERVAL',
    flag: 'pollinginterval',
    render: ({ pollingSeconds }) => String(pollingSeconds),
    parse: (value) => ({ pollingSeconds: secondsOf(value) }),
  },
  {
    name: 'MAX_RECONCILE_RATE',
    flag: 'maxreconcilerate',
    render: ({ workers }) => String(workers),
    parse: (value) => ({ workers: numberIn(value) }),
  },
  {
    name: 'RECONCILE_QPS',
    render: ({ reconcilesPerSecond }) => String(reconcilesPerSecond),
    parse: (value) => ({ reconcilesPerSecond: numberIn(value) }),
  },
  {
    name: 'SA_RUNNER',
    render: ({ runnerServiceAccount }) => runnerServiceAccount,
    parse: (value) => (value === '' ? {} : { runnerServiceAccount: value }),
  },
  {
    name: 'DEFAULT_RUNNER_IMAGE',
    render: ({ runnerImage }) => runnerImage,
    parse: (value) => (value === '' ? {} : { runnerImage: value }),
  },
  {
    name: 'ALLOW_CROSS_NAMESPACE_CONFIG',
    render: ({ allowCrossNamespaceConfig }) => String(allowCrossNamespaceConfig),
    parse: (value) => ({ allowCrossNamespaceConfig: booleanIn(value) }),
  },
];

/** An environment variable that stands for a flag of every controller. */
export interface ProcessVariable {
  readonly name: string;
  readonly flag: string;
  /** The flag's value for the variable's. Absent: the same; the flag itself says what it takes. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Variables for flags of the process. A flag on the command line wins. */
export const inferenceRunsProcessVariables: readonly ProcessVariable[] = [
  { name: 'LEADER_ELECT', flag: 'leader-elect' },
  { name: 'METRICS_ADDR', flag: 'metrics-bind-address' },
  { name: 'HEALTH_ADDR', flag: 'health-probe-bind-address' },
  { name: 'LOG_LEVEL', flag: 'zap-log-level' },
  { name: 'LOG_FORMAT', flag: 'zap-encoder', values: { json: 'json', text: 'console' } },
];

/**
 * Flags that count before variables and the command line: two instances exclude each other, and metrics are where upstream serves
 * them, over plain HTTP.
 */
export const inferenceRunsDefaultFlags: readonly string[] = [
  '--leader-elect',
  '--metrics-bind-address=:8080',
  '--metrics-secure=false',
];

/** Names between commas; none for an empty text. */
function listed(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** @throws Error; whether the number is allowed is for the schema to say */
function numberIn(value: string): number {
  const text = value.trim();
  if (/^-?[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)) return Number(text);
  throw new Error('expected a number');
}

/** Go's syntax of booleans. @throws Error */
function booleanIn(value: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
  throw new Error('allowed: true, false');
}
