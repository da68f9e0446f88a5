import { Progress } from '../../../../controllers/storage-initializer/transfer/progress';
import {
  byteText,
  progressLine,
  reportProgress,
  summaryLine,
} from '../../../../controllers/storage-initializer/transfer/progress-report';
import { ManualClock } from '../../runtime/manual-clock';

const progress = (members: Partial<Progress>) => Object.assign(new Progress(), members);

describe('the progress of a fetch', () => {
  it('has per cent once the listing is complete', () => {
    const half = { files: 1, listedFiles: 4, bytes: 400, resumedBytes: 100, listedBytes: 1000 };
    expect(progressLine(progress({ ...half, complete: true }), 50)).toBe('50 %, 500 B of 1.0 kB, 50 B/s, 1 of 4 files');
    expect(progressLine(progress(half), 50)).toBe('500 B of 1.0 kB listed so far, 50 B/s, 1 of 4 files');
  });

  it('never says more than 100 %, although repeated bytes count', () => {
    expect(progressLine(progress({ bytes: 1500, listedBytes: 1000, complete: true }), 0)).toMatch(/^100 %/);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_960, '1.0 MB'],
    [15_300_000_000, '15.3 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(byteText(bytes)).toBe(text);
  });

  it('sums up what was fetched, what was there and what was repeated', () => {
    expect(
      summaryLine(
        progress({ bytes: 2_000_000, resumedBytes: 1_000_000, retries: 3 }),
        { files: 3, bytes: 3_000_000 },
        2,
      ),
    ).toBe('3 files, 3.0 MB in 2.0 s, 1.0 MB/s; 1.0 MB were there from a run before; 3 requests were repeated');
  });

  it('is a line of the log every ten seconds, with the rate since the line before', async () => {
    const clock = new ManualClock();
    const lines: string[] = [];
    const state = progress({ listedFiles: 1, listedBytes: 4000, complete: true });
    const stop = reportProgress(
      state,
      { terminal: false, write: () => undefined, log: (line) => lines.push(line) },
      clock,
    );
    state.bytes = 1000;
    await clock.advance(10_000);
    state.bytes = 3000;
    await clock.advance(10_000);
    stop();
    await clock.advance(60_000);
    expect(lines).toEqual([
      '25 %, 1.0 kB of 4.0 kB, 100 B/s, 0 of 1 files',
      '75 %, 3.0 kB of 4.0 kB, 200 B/s, 0 of 1 files',
    ]);
  });

  it('is one line that is written over on a terminal, and gone at the end', async () => {
    const clock = new ManualClock();
    let text = '';
    const stop = reportProgress(
      progress({ bytes: 5 }),
      { terminal: true, write: (piece) => (text += piece), log: () => undefined },
      clock,
    );
    await clock.advance(500);
    stop();
    expect(text).toBe('\r\u001b[K5 B, 0 B/s, 0 of 0 files\r\u001b[K');
  });
});
