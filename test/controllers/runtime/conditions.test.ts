import { conditionOf, withCondition, type Condition } from '../../../controllers/runtime/conditions';

const before: readonly Condition[] = [
  { type: 'Ready', status: 'False', reason: 'Waiting', lastTransitionTime: '2026-01-01T00:00:00Z' },
];
const now = Date.UTC(2026, 5, 1, 12);

describe('a condition', () => {
  it('that says what it said gives the very same list', () => {
    expect(withCondition(before, { type: 'Ready', status: 'False', reason: 'Waiting' }, now)).toBe(before);
  });

  it('with another reason keeps the time of its transition', () => {
    expect(withCondition(before, { type: 'Ready', status: 'False', reason: 'Failed' }, now)).toEqual([
      { type: 'Ready', status: 'False', reason: 'Failed', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]);
  });

  it('with another status gets the time of now, to the second', () => {
    expect(withCondition(before, { type: 'Ready', status: 'True' }, now + 123)).toEqual([
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-06-01T12:00:00Z' },
    ]);
  });

  it('that is new finds its place by its type', () => {
    const types = withCondition(before, { type: 'PredictorReady', status: 'True' }, now).map(({ type }) => type);
    expect(types).toEqual(['PredictorReady', 'Ready']);
  });

  it('is found by its type', () => {
    expect(conditionOf(before, 'Ready')?.reason).toBe('Waiting');
    expect(conditionOf(undefined, 'Ready')).toBeUndefined();
  });
});
