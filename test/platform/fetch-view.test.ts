import { realClock } from '../../controllers/runtime/clock';
import { initializerLog } from '../../controllers/storage-initializer/log';
import { Progress } from '../../controllers/storage-initializer/transfer/progress';
import { progressLine, summaryLine } from '../../controllers/storage-initializer/transfer/progress-report';
import { afterLine, type FetchView } from './fetch-view';

/** What messages of the initializer's own log make of the view. */
function viewAfter(...messages: readonly string[]): FetchView {
  let view: FetchView = { state: 'starting' };
  const log = initializerLog((line) => (view = afterLine(view, line.trimEnd())), realClock);
  for (const message of messages) log.info(message);
  return view;
}

const begun = 'Copying contents of model-registry://iris/v1 to local';
const resolved =
  "Model Registry at http://127.0.0.1:18080: model 'is at' (1), version 'v1' (2), artifact 'files' (1) is at s3://models/iris";

describe('what the log of the storage initializer tells of a fetch', () => {
  it('is resolving first, then fetching from where the registry has the model', () => {
    expect(viewAfter(begun)).toEqual({ state: 'resolving' });
    expect(viewAfter(begun, resolved)).toEqual({ state: 'fetching', resolvedTo: 's3://models/iris' });
  });

  it('has files, bytes and rate on the way, while files are listed and after that', () => {
    const progress = new Progress();
    Object.assign(progress, { files: 1, bytes: 3400, listedFiles: 2, listedBytes: 7_100_000 });
    const onTheWay = { state: 'fetching', bytes: '3.4 kB of 7.1 MB', rate: '850 B/s', files: '1 of 2' };
    expect(viewAfter(begun, resolved, progressLine(progress, 850))).toMatchObject(onTheWay);
    progress.complete = true;
    expect(viewAfter(begun, resolved, progressLine(progress, 850))).toMatchObject(onTheWay);
  });

  it('has what was fetched at the end, and keeps where it came from', () => {
    const progress = new Progress();
    progress.bytes = 7_100_000;
    const line = summaryLine(progress, { files: 2, bytes: 7_100_000 }, 2);
    expect(viewAfter(begun, resolved, line)).toEqual({
      state: 'fetching',
      resolvedTo: 's3://models/iris',
      files: '2',
      bytes: '7.1 MB',
      rate: '3.5 MB/s',
    });
  });

  it('is not changed by other lines', () => {
    const before = viewAfter(begun, resolved);
    expect(viewAfter(begun, resolved, 'Successfully copied model-registry://iris/v1 to /mnt/models')).toEqual(before);
  });
});
