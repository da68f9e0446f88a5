import { takeOwnFlags, variableFlags } from '../../../controllers/inference-runs/command';
import { inferenceRunsSettings } from '../../../controllers/inference-runs/settings';

describe('settings of inference runs', () => {
  it('have defaults for everything', () => {
    expect(inferenceRunsSettings(undefined, {})).toMatchObject({
      watchNamespaces: [],
      pollingSeconds: 300,
      workers: 1,
      reconcilesPerSecond: 20,
      allowCrossNamespaceConfig: false,
    });
  });

  it.each([
    ['1m', 60],
    ['60', 60],
    ['90s', 90],
    ['1h30m', 5400],
  ])('take POLLING_INTERVAL=%s for %i seconds (AT-21, C-03)', (value, seconds) => {
    expect(inferenceRunsSettings(undefined, { POLLING_INTERVAL: value }).pollingSeconds).toBe(seconds);
  });

  it.each([
    ['POLLING_INTERVAL', 'abc'],
    ['POLLING_INTERVAL', '0'],
    ['MAX_RECONCILE_RATE', '0'],
    ['MAX_RECONCILE_RATE', '-1'],
    ['MAX_RECONCILE_RATE', 'abc'],
    ['MAX_RECONCILE_RATE', '1.5'],
    ['RECONCILE_QPS', '0'],
    ['ALLOW_CROSS_NAMESPACE_CONFIG', 'maybe'],
    ['WATCH_NAMESPACE', 'Not_A_Name'],
  ])('refuse %s=%s at the start (AT-21, AT-28, C-37)', (name, value) => {
    expect(() => inferenceRunsSettings(undefined, { [name]: value })).toThrow(name);
  });

  it('come from the file, over it from variables, over them from upstream’s flags', () => {
    const file = 'workers: 2\npollingSeconds: 10\nwatchNamespaces: [one]';
    const environment = { MAX_RECONCILE_RATE: '3', WATCH_NAMESPACE: 'two,three' };
    const flags = new Map([['maxreconcilerate', '4']]);
    expect(inferenceRunsSettings(file, environment, flags)).toMatchObject({
      workers: 4,
      pollingSeconds: 10,
      watchNamespaces: ['two', 'three'],
    });
  });

  it('name the flag that means nothing', () => {
    expect(() => inferenceRunsSettings(undefined, {}, new Map([['pollinginterval', 'soon']]))).toThrow(
      '--pollinginterval',
    );
  });
});

describe('the command line of inference runs', () => {
  it('takes upstream’s flags with one dash or two, with and without an equals sign', () => {
    const { own, rest } = takeOwnFlags([
      '-watchnamespace',
      'ml',
      '--pollinginterval=60',
      '-maxreconcilerate=2',
      '-leader-elect',
      '--zap-log-level',
      'debug',
    ]);
    expect([...own]).toEqual([
      ['watchnamespace', 'ml'],
      ['pollinginterval', '60'],
      ['maxreconcilerate', '2'],
    ]);
    expect(rest).toEqual(['-leader-elect', '--zap-log-level', 'debug']);
  });

  it('refuses a flag without a value', () => {
    expect(() => takeOwnFlags(['-watchnamespace'])).toThrow('--watchnamespace: needs a value');
  });

  it('takes variables for flags of every controller', () => {
    const environment = { LOG_LEVEL: 'debug', LOG_FORMAT: 'text', METRICS_ADDR: ':9090', LEADER_ELECT: 'false' };
    expect(variableFlags(environment)).toEqual([
      '--leader-elect=false',
      '--metrics-bind-address=:9090',
      '--zap-log-level=debug',
      '--zap-encoder=console',
    ]);
    expect(() => variableFlags({ LOG_FORMAT: 'xml' })).toThrow('LOG_FORMAT: got "xml", allowed: json, text');
  });
});
