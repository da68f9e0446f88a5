import { parseControllerFlags } from '../../../controllers/runtime/flags';

const defaults = {
  metricsBindAddress: '0',
  healthProbeBindAddress: ':8081',
  leaderElect: false,
  metricsSecure: true,
  enableHttp2: false,
  watchIdleSeconds: 90,
  log: { level: 'info', encoder: 'json', timeEncoding: 'rfc3339nano', stacktraceLevel: 'error' },
};

it('has upstream defaults, but logs for machines', () => {
  expect(parseControllerFlags([])).toEqual(defaults);
});

it('takes the command line of the upstream manifests', () => {
  const args = ['--metrics-bind-address=:8443', '--leader-elect', '--health-probe-bind-address=:8081'];
  expect(parseControllerFlags(args)).toEqual({ ...defaults, metricsBindAddress: ':8443', leaderElect: true });
});

it.each([
  [['-leader-elect']],
  [['--leader-elect=true']],
  [['-leader-elect=1']],
  [['--leader-elect=false', '--leader-elect=T']],
])('takes Go booleans: %j', (args) => {
  expect(parseControllerFlags(args).leaderElect).toBe(true);
});

it.each([
  [['--kubeconfig', 'a/b']],
  [['-kubeconfig', 'a/b']],
  [['--kubeconfig=a/b']],
  [['-kubeconfig=x', '-kubeconfig=a/b']],
])('takes values after a space or an equals sign: %j', (args) => {
  expect(parseControllerFlags(args).kubeconfig).toBe('a/b');
});

it.each([
  [['--zap-devel'], { level: 'debug', encoder: 'console', timeEncoding: 'rfc3339nano', stacktraceLevel: 'warn' }],
  [
    ['--zap-devel', '--zap-encoder=json', '--zap-log-level=error'],
    { level: 'error', encoder: 'json', timeEncoding: 'rfc3339nano', stacktraceLevel: 'warn' },
  ],
  [
    ['--zap-log-level=3', '--zap-time-encoding=epoch'],
    { level: 'debug', encoder: 'json', timeEncoding: 'epoch', stacktraceLevel: 'error' },
  ],
  [
    ['--zap-log-level=panic', '--zap-stacktrace-level=panic'],
    { level: 'fatal', encoder: 'json', timeEncoding: 'rfc3339nano', stacktraceLevel: 'fatal' },
  ],
])('reads how to log from %j', (args, log) => {
  expect(parseControllerFlags(args).log).toEqual(log);
});

it.each([
  [['--leader-elected'], 'unknown flag --leader-elected, allowed are --metrics-bind-address'],
  [['-x'], 'unknown flag --x'],
  [['--leader-elect=yes'], '--leader-elect: "yes" is not a boolean, give true or false'],
  [['--leader-elect', 'false'], 'unexpected argument "false"'],
  [['--kubeconfig'], '--kubeconfig: needs a value'],
  [['--zap-log-level=0'], '--zap-log-level: "0" is not allowed, give debug, info, warn, error, panic'],
  [['--watch-idle-seconds=0'], '--watch-idle-seconds: "0" is not allowed, give a whole number from 1 to 3600'],
  [['--watch-idle-seconds=soon'], '--watch-idle-seconds: "soon" is not allowed'],
  [['--zap-encoder=xml'], '--zap-encoder: "xml" is not allowed, give json, console'],
])('refuses %j with exit code 2', (args, message) => {
  expect(() => parseControllerFlags(args)).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      exitCode: 2,
      message: expect.stringContaining(message) as string,
    }) as Error,
  );
});
