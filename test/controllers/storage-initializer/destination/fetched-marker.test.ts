import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteFetched, wasFetched } from '../../../../controllers/storage-initializer/destination/fetched-marker';
import { markerName } from '../../../../controllers/storage-initializer/destination/own-names';

const owner = { boot: 'boot', pod: 'pod' };

describe('the marker of what was fetched (SD-06)', () => {
  let destination: string;
  beforeEach(() => {
    destination = mkdtempSync(join(tmpdir(), 'slipway-marker-'));
  });
  afterEach(() => rmSync(destination, { recursive: true }));

  it('lets a container that is started again skip what it has', () => {
    expect(wasFetched(destination, 'a', owner)).toBe(false);
    noteFetched(destination, 'a', owner);
    noteFetched(destination, 'b', owner);
    expect(['a', 'b', 'c'].map((uri) => wasFetched(destination, uri, owner))).toEqual([true, true, false]);
    expect(readdirSync(destination)).toEqual([markerName]);
  });

  it('means nothing to another pod on the same volume, and after a crash of the node', () => {
    noteFetched(destination, 'a', owner);
    expect(wasFetched(destination, 'a', { ...owner, pod: 'other' })).toBe(false);
    expect(wasFetched(destination, 'a', { ...owner, boot: 'other' })).toBe(false);
  });

  it('has no URI in it: they can carry signatures (SD-12)', () => {
    noteFetched(destination, 'https://host/model?sig=secret', owner);
    expect(readFileSync(join(destination, markerName), 'utf8')).not.toMatch(/secret|host/);
  });

  it('counts as none when it can not be read', () => {
    writeFileSync(join(destination, markerName), '{"fetched":[{}]}');
    expect(wasFetched(destination, 'a', owner)).toBe(false);
    noteFetched(destination, 'a', owner);
    expect(wasFetched(destination, 'a', owner)).toBe(true);
  });
});
