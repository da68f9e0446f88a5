import { parseHubUri } from '../../../../../controllers/storage-initializer/sources/hub/hub-uri';

const hubs = [
  { words: { brand: 'Hugging Face', scheme: 'hf' } },
  { words: { brand: 'ModelScope', scheme: 'modelscope' } },
];

describe.each(hubs)('URIs of $words.brand', ({ words }) => {
  const { brand, scheme } = words;

  test.each([
    { uri: `${scheme}://owner/model`, expected: { id: 'owner/model' } },
    { uri: `${scheme}://owner/model:v1.0`, expected: { id: 'owner/model', revision: 'v1.0' } },
    { uri: `${scheme}://owner/model:refs/pr/1`, expected: { id: 'owner/model', revision: 'refs/pr/1' } },
    { uri: `${scheme}://owner/model:`, expected: { id: 'owner/model' } },
    { uri: `${scheme}://owner/model:a:b`, expected: { id: 'owner/model', revision: 'a:b' } },
  ])('$uri is $expected.id', ({ uri, expected }) => {
    expect(parseHubUri(uri, words)).toEqual(expected);
  });

  test.each(['', 'repo_only', 'a/b/c', 'a/b/c:main', 'a:b/c', '../model', 'owner/..', 'owner/model:..'])(
    '%p after the scheme is a format error',
    (rest) => {
      const uri = `${scheme}://${rest}`;
      expect(() => parseHubUri(uri, words)).toThrow(
        `Invalid ${brand} URI format. Expected '${scheme}://owner/model[:revision]', got '${uri}'`,
      );
    },
  );

  test('an empty owner is an owner error', () => {
    expect(() => parseHubUri(`${scheme}:///model_only`, words)).toThrow(
      `${brand} repository owner cannot be empty in URI: ${scheme}:///model_only`,
    );
  });

  test.each([`${scheme}://repo/:hash_value`, `${scheme}://repo/`])('an empty model is a model error: %s', (uri) => {
    expect(() => parseHubUri(uri, words)).toThrow(`${brand} model name cannot be empty in URI: ${uri}`);
  });

  test('what stands before an @ is not shown (SD-12)', () => {
    expect(() => parseHubUri(`${scheme}://user:secret@model`, words)).toThrow(`got '${scheme}://model'`);
  });
});
