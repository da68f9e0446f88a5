import { inferenceRunsConfigSchema } from '../../../definitions/config/inference-runs';
import {
  inferenceRunsProcessVariables,
  inferenceRunsVariables,
} from '../../../definitions/config/inference-runs-variables';
import { parseConfig } from '../../../definitions/config/parse-config';

/** What the process makes of one variable. */
function read(name: string, value: string) {
  const variable = inferenceRunsVariables.find((one) => one.name === name);
  if (variable === undefined) throw new Error(`no variable ${name}`);
  return parseConfig(inferenceRunsConfigSchema, variable.parse(value), 'environment');
}

describe('POLLING_INTERVAL (AT-21, C-03)', () => {
  it.each([
    ['60', 60],
    ['1m', 60],
    ['90s', 90],
    ['5m', 300],
    ['1h30m', 5400],
    ['1500ms', 1.5],
  ])('%s is %d seconds', (value, seconds) => {
    expect(read('POLLING_INTERVAL', value).pollingSeconds).toBe(seconds);
  });

  it.each([
    ['abc', 'expected seconds such as 300, or a duration'],
    ['', 'expected seconds such as 300, or a duration'],
    ['1m later', 'expected seconds such as 300, or a duration'],
    ['-5', 'expected seconds such as 300, or a duration'],
    ['0', 'pollingSeconds: got 0, must be at least 1'],
    ['0s', 'pollingSeconds: got 0, must be at least 1'],
  ])('%j is refused: it never means to look no more', (value, message) => {
    expect(() => read('POLLING_INTERVAL', value)).toThrow(message);
  });
});

describe('MAX_RECONCILE_RATE (AT-28, C-37)', () => {
  it('is how many runs are worked on at the same time, and nothing else', () => {
    expect(read('MAX_RECONCILE_RATE', '4')).toMatchObject({ workers: 4, reconcilesPerSecond: 20 });
  });

  it.each([
    ['0', 'workers: got 0, must be at least 1'],
    ['-1', 'workers: got -1, must be at least 1'],
    ['1.5', 'workers: got 1.5'],
    ['abc', 'expected a number'],
  ])('%s is refused', (value, message) => {
    expect(() => read('MAX_RECONCILE_RATE', value)).toThrow(message);
  });
});

describe('WATCH_NAMESPACE (C-32)', () => {
  it.each([
    ['team-a', ['team-a']],
    ['team-a,team-b', ['team-a', 'team-b']],
    [' team-a , team-b,', ['team-a', 'team-b']],
    ['', []],
  ])('%j watches %j', (value, namespaces) => {
    expect(read('WATCH_NAMESPACE', value).watchNamespaces).toEqual(namespaces);
  });

  it('refuses what is no name of a namespace', () => {
    expect(() => read('WATCH_NAMESPACE', 'Team A')).toThrow('watchNamespaces[0]: got "Team A", not a namespace name');
  });
});

it.each([
  ['true', true],
  ['F', false],
])('ALLOW_CROSS_NAMESPACE_CONFIG=%s is %s', (value, allowed) => {
  expect(read('ALLOW_CROSS_NAMESPACE_CONFIG', value).allowCrossNamespaceConfig).toBe(allowed);
});

it('ALLOW_CROSS_NAMESPACE_CONFIG=yes is refused: nobody knows whether it was meant so', () => {
  expect(() => read('ALLOW_CROSS_NAMESPACE_CONFIG', 'yes')).toThrow('allowed: true, false');
});

it('an empty SA_RUNNER or DEFAULT_RUNNER_IMAGE is none', () => {
  expect(read('SA_RUNNER', '')).not.toHaveProperty('runnerServiceAccount');
  expect(read('DEFAULT_RUNNER_IMAGE', '')).not.toHaveProperty('runnerImage');
});

it('every variable is read back as the setting that it was rendered from', () => {
  const config = inferenceRunsConfigSchema.parse({
    watchNamespaces: ['a', 'b'],
    pollingSeconds: 90,
    workers: 7,
    reconcilesPerSecond: 2.5,
    runnerServiceAccount: 'runners',
    runnerImage: 'registry.example.com/runner:1.0.0',
    allowCrossNamespaceConfig: true,
  });
  const values = inferenceRunsVariables.map(({ render, parse }) => parse(render(config) ?? ''));
  expect(Object.assign({ inferenceServices: true }, ...values)).toEqual(config);
});

it('has each of the variables of the process once', () => {
  const names = [...inferenceRunsVariables, ...inferenceRunsProcessVariables].map(({ name }) => name);
  expect(names.sort()).toEqual([
    'ALLOW_CROSS_NAMESPACE_CONFIG',
    'DEFAULT_RUNNER_IMAGE',
    'HEALTH_ADDR',
    'LEADER_ELECT',
    'LOG_FORMAT',
    'LOG_LEVEL',
    'MAX_RECONCILE_RATE',
    'METRICS_ADDR',
    'POLLING_INTERVAL',
    'RECONCILE_QPS',
    'SA_RUNNER',
    'WATCH_NAMESPACE',
  ]);
});
