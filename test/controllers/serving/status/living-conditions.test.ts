import type { Condition } from '../../../../controllers/runtime/conditions';
import {
  cleared,
  gated,
  initialised,
  markFalse,
  markTrue,
  markUnknown,
  settled,
} from '../../../../controllers/serving/status/living-conditions';
import { start, timeAt } from './cluster-facts';

const because = (reason: string) => ({ reason, message: `${reason}, said for people` });
const told = (conditions: readonly Condition[]) =>
  conditions.map(({ type, status, reason = '' }) => [type, status, reason].join(' ').trim());
const fresh = initialised([], start);
const allTrue = markTrue(markTrue(fresh, 'PredictorReady', {}, start), 'IngressReady', {}, start);

describe('a new set', () => {
  it('has Ready and what it is made of, Unknown, sorted by type and without severity (§11.1)', () => {
    const lastTransitionTime = timeAt(0);
    expect(fresh).toEqual([
      { type: 'IngressReady', status: 'Unknown', lastTransitionTime },
      { type: 'PredictorReady', status: 'Unknown', lastTransitionTime },
      { type: 'Ready', status: 'Unknown', lastTransitionTime },
    ]);
  });

  it('keeps what is there; a missing part of a Ready service is True', () => {
    const before: Condition[] = [
      { type: 'PredictorReady', status: 'False', reason: 'Old' },
      { type: 'Ready', status: 'True' },
    ];
    expect(told(initialised(before, start))).toEqual(['IngressReady True', 'PredictorReady False Old', 'Ready True']);
  });
});

describe('Ready', () => {
  it.each([
    {
      what: 'is True when everything it is made of is, without a reason',
      after: markTrue(markTrue(fresh, 'PredictorReady', because('A'), start), 'IngressReady', because('B'), start),
      ready: 'Ready True',
    },
    {
      what: 'stays Unknown while a part is',
      after: markTrue(fresh, 'PredictorReady', because('A'), start),
      ready: 'Ready Unknown',
    },
    {
      what: 'takes over the reason of a part that becomes False',
      after: markFalse(allTrue, 'PredictorReady', because('Crashed'), start),
      ready: 'Ready False Crashed',
    },
    {
      what: 'has the reason of the part that was marked last when two are False',
      after: markFalse(markFalse(allTrue, 'PredictorReady', because('A'), start), 'IngressReady', because('B'), start),
      ready: 'Ready False B',
    },
    {
      what: 'falls back to the part that is still False when another one becomes True',
      after: markTrue(
        markFalse(markFalse(allTrue, 'PredictorReady', because('A'), start), 'IngressReady', because('B'), start),
        ...(['IngressReady', {}, start] as const),
      ),
      ready: 'Ready False A',
    },
    {
      what: 'becomes Unknown with a part',
      after: markUnknown(allTrue, 'PredictorReady', because('Rolling'), start),
      ready: 'Ready Unknown Rolling',
    },
    {
      what: 'stays False with its reason when a part becomes Unknown while another is False',
      after: markUnknown(
        markFalse(allTrue, 'PredictorReady', because('Crashed'), start),
        ...(['IngressReady', because('Waiting'), start] as const),
      ),
      ready: 'Ready False Crashed',
    },
    {
      what: 'becomes False, with what was just said, when a part becomes Unknown and another was False all along',
      after: markUnknown(
        [
          { type: 'PredictorReady', status: 'False', reason: 'Crashed' },
          { type: 'Ready', status: 'Unknown' },
        ],
        ...(['IngressReady', because('Waiting'), start] as const),
      ),
      ready: 'Ready False Waiting',
    },
    {
      what: 'takes the part that became False last, not the first in the list',
      after: markTrue(
        [
          { type: 'IngressReady', status: 'False', reason: 'Late', lastTransitionTime: timeAt(9) },
          { type: 'PredictorReady', status: 'False', reason: 'Early', lastTransitionTime: timeAt(1) },
        ],
        ...(['Stopped', {}, start] as const),
      ),
      ready: 'Ready False Late',
    },
    {
      what: 'does not care about any other condition',
      after: markUnknown(markFalse(allTrue, 'TransformerReady', because('A'), start), 'ExplainerReady', {}, start),
      ready: 'Ready True',
    },
  ])('$what (§11.1)', ({ after, ready }) => {
    expect(told(after).filter((line) => line.startsWith('Ready'))).toEqual([ready]);
  });

  it('is kept from being True while a condition that is named is not (§17 row 57)', () => {
    const after = markFalse(allTrue, 'TransformerReady', because('NoPods'), start);
    expect(told(gated(after, ['PredictorReady', 'TransformerReady'], start))).toContain('Ready False NoPods');
    expect(gated(allTrue, ['PredictorReady', 'TransformerReady'], start)).toBe(allTrue);
  });
});

describe('a condition', () => {
  it('of a kind that Ready is not made of has severity Info', () => {
    expect(markFalse([], 'Stopped', {}, start)).toEqual([
      { type: 'Stopped', status: 'False', severity: 'Info', lastTransitionTime: timeAt(0) },
    ]);
  });

  it('that says what it said is the very same', () => {
    const before = markFalse(allTrue, 'PredictorReady', because('A'), start);
    expect(markFalse(before, 'PredictorReady', because('A'), start + 60_000)).toBe(before);
  });

  it.each([
    ['reason', { reason: 'B', message: 'm' }],
    ['message', { reason: 'A', message: 'n' }],
  ])('with another %s has the time of now', (_what, cause) => {
    const before = markFalse([], 'PredictorReady', { reason: 'A', message: 'm' }, start);
    const [after] = markFalse(before, 'PredictorReady', cause, start + 60_000);
    expect(after).toEqual({ type: 'PredictorReady', status: 'False', ...cause, lastTransitionTime: timeAt(60) });
  });

  it('has its message as it is, percent signs and braces too (§17 row 10)', () => {
    const message = '100% of %s failed: {{ .Name }} %!d(MISSING)';
    expect(markFalse([], 'PredictorReady', { message }, start)).toContainEqual(expect.objectContaining({ message }));
  });

  it('can be cleared unless Ready is made of it', () => {
    const before = markFalse(allTrue, 'TransformerReady', {}, start);
    const types = ['TransformerReady', 'PredictorReady', 'Ready'];
    expect(told(cleared(before, types))).toEqual(['IngressReady True', 'PredictorReady True', 'Ready True']);
  });

  it('that said something else only on the way keeps its time', () => {
    const before = markFalse(
      markFalse(fresh, 'PredictorReady', because('A'), start),
      'IngressReady',
      because('B'),
      start,
    );
    const later = start + 60_000;
    const after = markFalse(
      markFalse(before, 'PredictorReady', because('A'), later),
      'IngressReady',
      because('B'),
      later,
    );
    expect(settled(before, markTrue(markFalse(after, 'Ready', {}, later), 'Stopped', {}, later))).toContainEqual({
      type: 'Stopped',
      status: 'True',
      severity: 'Info',
      lastTransitionTime: timeAt(60),
    });
    expect(settled(before, after)).toEqual(before);
  });
});
