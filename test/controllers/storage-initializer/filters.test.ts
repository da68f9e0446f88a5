import { isWanted } from '../../../controllers/storage-initializer/filters';

const wanted = (path: string, allow: string[], ignore: string[] = []) => isWanted(path, { allow, ignore });

describe('file filters', () => {
  it('let everything pass when there are none', () => {
    expect(wanted('a/b.bin', [])).toBe(true);
  });

  it.each([
    ['model.safetensors', ['*.safetensors', '*.json'], true],
    ['deep/er/config.json', ['*.safetensors', '*.json'], true],
    ['model.bin', ['*.safetensors', '*.json'], false],
    ['a/b', ['a?b'], true],
    ['model-1.bin', ['model-[0-9].bin'], true],
    ['model-x.bin', ['model-[!0-9].bin'], true],
    ['model-1.bin', ['model-[!0-9].bin'], false],
    ['a]b', ['a[]]b'], true],
    ['a[b', ['a[b'], true],
    ['a.b', ['a.b'], true],
    ['axb', ['a.b'], false],
    ['Model.bin', ['model.bin'], false],
    ['x.bin.bak', ['*.bin'], false],
    ['new\nline.bin', ['new*.bin'], true],
  ])('take %j with the patterns %j as fnmatch does: %s', (path, allow, result) => {
    expect(wanted(path, allow)).toBe(result);
  });

  it('ignore after they have allowed', () => {
    expect(wanted('a.json', ['*.json'], ['a.*'])).toBe(false);
    expect(wanted('model.bin', [], ['*.bin'])).toBe(false);
    expect(wanted('model.json', [], ['*.bin'])).toBe(true);
  });
});
