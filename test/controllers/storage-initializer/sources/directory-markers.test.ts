import type { RemoteFile } from '../../../../controllers/storage-initializer/source';
import { withoutDirectoryMarkers } from '../../../../controllers/storage-initializer/sources/directory-markers';

/** What is left of a listing; names with `=0` are of zero length. */
async function left(...names: readonly string[]): Promise<readonly string[]> {
  async function* listing(): AsyncGenerator<RemoteFile> {
    for (const name of names) {
      const plain = name.replace('=0', '');
      yield { name: plain, path: plain, size: name.endsWith('=0') ? 0 : 1 };
    }
  }
  const result: string[] = [];
  for await (const { name } of withoutDirectoryMarkers(listing())) result.push(name);
  return result.sort();
}

test.each([
  ['empty files are files', ['a=0', 'b', 'c=0'], ['a', 'b', 'c']],
  ['names that end in a slash are directories', ['a/=0', 'a/b'], ['a/b']],
  ['also when they have content', ['a/', 'b'], ['b']],
  ['an empty file with something below it is a directory', ['a=0', 'a/b'], ['a/b']],
  ['also when siblings come between', ['a=0', 'a-b', 'a.c=0', 'a/b'], ['a-b', 'a.c', 'a/b']],
  ['and within each other', ['a=0', 'a-b=0', 'a-b/c', 'a/b=0', 'a/b/c'], ['a-b/c', 'a/b/c']],
  ['a file with content stays, whatever is below it', ['a', 'a/b'], ['a', 'a/b']],
  ['an empty file is no parent of names that only begin with its own', ['a=0', 'ab', 'ab/c'], ['a', 'ab', 'ab/c']],
])('%s (SD-02)', async (_name, names, expected) => {
  expect(await left(...names)).toEqual(expected);
});
