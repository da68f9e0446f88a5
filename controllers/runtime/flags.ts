import { parseArgs } from 'node:util';
import type { LogLevel, TimeEncoding } from './log';
import { UsageError } from './usage-error';

/** The command line of a controller: controller-runtime's flags with its names, defaults and syntax, and few of our own. */
export interface ControllerFlags {
  /** `0`: no metrics server. */
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
  readonly leaderElect: boolean;
  /** HTTPS with authentication and authorization for metrics. */
  readonly metricsSecure: boolean;
  /** Directory of `tls.crt` and `tls.key` for metrics; absent: a certificate made at start. */
  readonly metricsCertPath?: string;
  readonly enableHttp2: boolean;
  readonly kubeconfig?: string;
  /** Configuration file. */
  readonly config?: string;
  /** Seconds of silence after which a watch counts as dead. */
  readonly watchIdleSeconds: number;
  readonly log: {
    readonly level: LogLevel;
    readonly encoder: 'json' | 'console';
    readonly timeEncoding: TimeEncoding;
    /** From this level on, errors are logged with their stack. */
    readonly stacktraceLevel: LogLevel;
  };
}

const options = {
  'metrics-bind-address': { type: 'string' },
  'health-probe-bind-address': { type: 'string' },
  'leader-elect': { type: 'boolean' },
  'metrics-secure': { type: 'boolean' },
  'metrics-cert-path': { type: 'string' },
  'enable-http2': { type: 'boolean' },
  kubeconfig: { type: 'string' },
  config: { type: 'string' },
  'watch-idle-seconds': { type: 'string' },
  'zap-devel': { type: 'boolean' },
  'zap-encoder': { type: 'string' },
  'zap-log-level': { type: 'string' },
  'zap-stacktrace-level': { type: 'string' },
  'zap-time-encoding': { type: 'string' },
} as const;
type Flag = keyof typeof options;

/** One line per flag. */
export const controllerFlagsHelp = `  --metrics-bind-address HOST:PORT  metrics, ":8443" by convention with HTTPS, ":8080" without; 0: none (default 0)
  --metrics-secure                  serve metrics over HTTPS to authorized callers only (default true)
  --metrics-cert-path DIR           tls.crt and tls.key for metrics, read again when they change (default: made at start)
  --enable-http2                    offer HTTP/2 on HTTPS servers (default false)
  --health-probe-bind-address HOST:PORT  /healthz and /readyz (default ":8081")
  --leader-elect                    work only while holding the lease (default false)
  --kubeconfig FILE                 instead of KUBECONFIG, the pod's ServiceAccount or ~/.kube/config
  --config FILE                     configuration of the controller
  --watch-idle-seconds SECONDS      a watch that is silent for longer is opened anew, 1 to 3600; the API server sends
                                    a bookmark about every 60 s (default 90)
  --zap-devel                       logs for people: console, debug (default false)
  --zap-encoder json|console        (default json, with --zap-devel console)
  --zap-log-level LEVEL             debug, info, error, panic or a positive number (default info, with --zap-devel debug)
  --zap-stacktrace-level LEVEL      info, error or panic (default error, with --zap-devel warn)
  --zap-time-encoding ENCODING      epoch, millis, nano, iso8601, rfc3339 or rfc3339nano (default rfc3339nano)
`;

/**
 * Parses a controller's command line in Go's syntax: one or two dashes, `--flag=value` or `--flag value`, booleans as a
 * bare `--flag` or `--flag=false`; the last of several wins.
 *
 * Differs from upstream: `--zap-devel` is off by default, logs of a cluster are read by machines.
 *
 * @throws UsageError naming flag, value and what is allowed
 */
export function parseControllerFlags(args: readonly string[]): ControllerFlags {
  const given = readFlags(args);
  const text = (flag: Flag, otherwise: string) => given.get(flag) ?? otherwise;
  const boolean = (flag: Flag, otherwise: boolean) => parseBoolean(flag, given.get(flag), otherwise);
  const devel = boolean('zap-devel', false);
  const kubeconfig = given.get('kubeconfig');
  const config = given.get('config');
  const metricsCertPath = given.get('metrics-cert-path');
  return {
    metricsBindAddress: text('metrics-bind-address', '0'),
    healthProbeBindAddress: text('health-probe-bind-address', ':8081'),
    leaderElect: boolean('leader-elect', false),
    metricsSecure: boolean('metrics-secure', true),
    ...(metricsCertPath === undefined ? {} : { metricsCertPath }),
    enableHttp2: boolean('enable-http2', false),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(config === undefined ? {} : { config }),
    watchIdleSeconds: wholeNumber('watch-idle-seconds', text('watch-idle-seconds', '90'), 1, 3600),
    log: {
      level: parseLevel(text('zap-log-level', devel ? 'debug' : 'info')),
      encoder: choice('zap-encoder', text('zap-encoder', devel ? 'console' : 'json'), ['json', 'console']),
      timeEncoding: choice('zap-time-encoding', text('zap-time-encoding', 'rfc3339nano'), timeEncodings),
      stacktraceLevel:
        stacktraceLevels[
          choice('zap-stacktrace-level', text('zap-stacktrace-level', devel ? 'warn' : 'error'), stacktraceNames)
        ],
    },
  };
}

const timeEncodings: readonly TimeEncoding[] = ['epoch', 'millis', 'nano', 'iso8601', 'rfc3339', 'rfc3339nano'];
const stacktraceNames = ['info', 'warn', 'error', 'panic'] as const;
const stacktraceLevels = { info: 'info', warn: 'warn', error: 'error', panic: 'fatal' } as const;

/** Values by flag; a bare boolean has the value `true`. */
function readFlags(args: readonly string[]): ReadonlyMap<Flag, string> {
  const values = new Map<Flag, string>();
  const { tokens } = parseArgs({
    args: args.map(twoDashes),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional')
      throw new UsageError(`unexpected argument ${JSON.stringify(token.value)}: give --flag=value`);
    const name = token.name;
    if (!isFlag(name))
      throw new UsageError(
        `unknown flag --${name}, allowed are ${Object.keys(options)
          .map((one) => `--${one}`)
          .join(', ')}`,
      );
    if (token.value === undefined && options[name].type === 'string') throw new UsageError(`--${name}: needs a value`);
    values.set(name, token.value ?? 'true');
  }
  return values;
}

/** Go takes one dash and two for the same; parseArgs would take `-leader-elect` for eleven short flags. */
function twoDashes(argument: string): string {
  return /^-[a-zA-Z]/.test(argument) ? `-${argument}` : argument;
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(options, name);
}

/** Go's syntax of booleans. */
function parseBoolean(flag: Flag, text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new UsageError(`--${flag}: ${JSON.stringify(text)} is not a boolean, give true or false`);
}

function wholeNumber(flag: Flag, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `--${flag}: ${JSON.stringify(text)} is not allowed, give a whole number from ${least} to ${most}`,
  );
}

/** A number is how much more than info is wanted. */
function parseLevel(text: string): LogLevel {
  if (/^[1-9][0-9]*$/.test(text)) return 'debug';
  const level = choice('zap-log-level', text.toLowerCase(), ['debug', 'info', 'warn', 'error', 'panic']);
  return level === 'panic' ? 'fatal' : level;
}

function choice<Value extends string>(flag: Flag, text: string, allowed: readonly Value[]): Value {
  const found = allowed.find((value) => value === text);
  if (found === undefined)
    throw new UsageError(`--${flag}: ${JSON.stringify(text)} is not allowed, give ${allowed.join(', ')}`);
  return found;
}
