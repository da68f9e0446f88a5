import { statusEvents } from '../../../../controllers/serving/status/status-events';
import type { InferenceServiceStatus } from '../../../../controllers/serving/status/stored-status';
import { history, variants } from './scenes';

type Said = readonly [type: string, status: string, reason?: string, message?: string];

const status = (...conditions: readonly Said[]): InferenceServiceStatus => ({
  conditions: conditions.map(([type, word, reason, message]) => ({
    type,
    status: word,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  })),
});

/** `TYPE REASON: note` of each event. */
const told = (before: InferenceServiceStatus | undefined, after: InferenceServiceStatus) =>
  statusEvents('iris', before, after).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);

const ready = status(['Ready', 'True']);
const isReady = 'Normal InferenceServiceReady: InferenceService [iris] is Ready';

describe('a service', () => {
  it.each<{
    what: string;
    before: InferenceServiceStatus | undefined;
    after: InferenceServiceStatus;
    events: string[];
  }>([
    { what: 'that is ready at first sight', before: undefined, after: ready, events: [isReady] },
    { what: 'that becomes ready', before: status(['Ready', 'Unknown']), after: ready, events: [isReady] },
    { what: 'that stays ready', before: ready, after: ready, events: [] },
    { what: 'that is not ready yet', before: undefined, after: status(['Ready', 'False']), events: [] },
    { what: 'that is not known to be ready any more', before: ready, after: status(['Ready', 'Unknown']), events: [] },
    {
      what: 'that is no longer ready, with all conditions that are False',
      before: ready,
      after: status(['IngressReady', 'False'], ['PredictorReady', 'Unknown'], ['Ready', 'False'], ['Stopped', 'False']),
      events: [
        'Warning InferenceServiceNotReady: InferenceService [iris] is no longer Ready because of: IngressReady, Ready, Stopped',
      ],
    },
  ])('$what (§4.4)', ({ before, after, events }) => {
    expect(told(before, after)).toEqual(events);
  });
});

describe('what keeps a pod from serving (§17 row 55)', () => {
  const blocked = (message: string) => status(['PredictorReady', 'False', 'PredictorPodBlocked', message]);
  const failed = (message: string) => status(['PredictorReady', 'False', 'ModelLoadFailed', message]);

  it('is told once', () => {
    expect(told(undefined, failed('crashed (exit code 1)'))).toEqual([
      'Warning ModelLoadFailed: crashed (exit code 1)',
    ]);
    expect(told(failed('crashed (exit code 1)'), failed('crashed (exit code 1)'))).toEqual([]);
  });

  it('is told again when it is something else', () => {
    expect(told(failed('crashed (exit code 1)'), failed('crashed (exit code 3)'))).toHaveLength(1);
    expect(told(failed('crashed (exit code 1)'), blocked('no node'))).toEqual(['Warning PredictorPodBlocked: no node']);
  });

  it('is the same while the scheduler only counts other nodes', () => {
    expect(told(blocked('0/3 nodes are available'), blocked('0/14 nodes are available'))).toEqual([]);
  });

  it('is told of a service that stays ready too', () => {
    const after = status(['PredictorReady', 'True', 'ModelLoadFailed', 'crashed'], ['Ready', 'True']);
    expect(told(ready, after)).toEqual(['Warning ModelLoadFailed: crashed']);
  });
});

test('over its life a service tells of each turn once', () => {
  const scenes = [
    'starting',
    'ready',
    'load failed',
    'load failed',
    'fixed',
    'ready',
    'stopped',
    'resumed',
    'ready',
  ] as const;
  const life = history(scenes, variants['a predictor']);
  const events = life.map(({ status: after }, index) => told(life[index - 1]?.status, after));
  const lost = (types: string) =>
    `Warning InferenceServiceNotReady: InferenceService [iris] is no longer Ready because of: ${types}`;
  expect(events).toEqual([
    [],
    [isReady],
    [
      'Warning ModelLoadFailed: downloading the model failed (exit code 1): no such model',
      lost('IngressReady, PredictorReady, Ready, Stopped'),
    ],
    [],
    [],
    [isReady],
    [lost('IngressReady, PredictorReady, Ready')],
    [],
    [isReady],
  ]);
});
