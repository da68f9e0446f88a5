import { runsTable } from './run-view';

const metadata = { name: 'january', namespace: 'ml-models' };
const items = { total: 4, succeeded: 3, failed: 1, skipped: 0 };
const result = { v: 1, items, requests: 1, retries: 0, batches: 1, bytes: { in: 1, out: 1 }, durationMs: 1 } as const;

describe('the table of runs', () => {
  it('shows a run that has not begun', () => {
    expect(runsTable([{ metadata }], []).rows).toEqual([['ml-models/january', '-', '-', '-', '-']]);
  });

  it('shows the items of a run that is over, and what was written last', () => {
    const status = { phase: 'Succeeded', result, jobStatus: { name: 'inf-january-1' } } as const;
    expect(runsTable([{ metadata, status }], ['[0]', '[0,1]']).rows).toEqual([
      ['ml-models/january', 'Succeeded', '3/4', 'inf-january-1', '[0,1]'],
    ]);
  });
});
