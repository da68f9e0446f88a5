import { warningTexts } from './api-client';

describe('warning headers', () => {
  it.each<[string, string | string[] | undefined, string[]]>([
    ['absent', undefined, []],
    ['one', '299 - "unknown field \\"spec.replica\\""', ['unknown field "spec.replica"']],
    ['several lines', ['299 - "first"', '299 - "second"'], ['first', 'second']],
    ['several in a line', '299 - "first, with comma", 299 - "second"', ['first, with comma', 'second']],
  ])('are read: %s', (_, header, texts) => {
    expect(warningTexts(header)).toEqual(texts);
  });
});
