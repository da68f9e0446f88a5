import { isOwnName, markerName } from '../../../../controllers/storage-initializer/destination/own-names';
import { safePath } from '../../../../controllers/storage-initializer/destination/safe-path';

describe('names that notes are kept under', () => {
  const own = [markerName, `${markerName}.new`, '.partial-0123456789ab', '.PARTIAL-x', '.Slipway-Fetched.JSON'];

  it.each(own)('%s is ours, whatever the case of its letters: file systems may not care', (name) => {
    expect(isOwnName(name)).toBe(true);
  });

  it.each(['.partial', 'x.partial-1', 'slipway-fetched.json', '.git', 'model.bin'])('%s is not', (name) => {
    expect(isOwnName(name)).toBe(false);
  });

  it.each(own)('a model can not bring %s with it, on the top (SD-06)', (name) => {
    expect(() => safePath(name, 'model')).toThrow('such names are ours');
    expect(() => safePath(`./${name}/x`, 'model')).toThrow('such names are ours');
    expect(safePath(`a/${name}`, 'model')).toEqual(['a', name]);
  });
});
