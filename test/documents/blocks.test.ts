import { findBlocks } from './blocks';

function text(...lines: string[]): string {
  return lines.join('\n');
}

describe('the blocks of a document', () => {
  it('are found under their heading and counted from 0 in it', () => {
    const blocks = findBlocks(
      text(
        '# Title',
        '',
        '```yaml',
        'a: 1',
        '```',
        'prose',
        '```json',
        '{}',
        '```',
        '',
        '## Next',
        '',
        '```',
        '-->',
        '```',
      ),
    );

    expect(blocks).toEqual([
      { heading: 'Title', index: 0, kind: 'yaml', content: 'a: 1' },
      { heading: 'Title', index: 1, kind: 'json', content: '{}' },
      { heading: 'Next', index: 0, kind: 'text', content: '-->' },
    ]);
  });

  it('keep indentation, trailing spaces and blank lines', () => {
    const [block] = findBlocks(text('```yaml', 'a: ', '  b: 1', '', '```'));

    expect(block?.content).toBe('a: \n  b: 1\n');
  });

  it('are one per group of shell commands', () => {
    const blocks = findBlocks(text('```bash', '# first', 'ls', 'cd x', '', '# second', 'pwd', '```'));

    expect(blocks.map(({ kind, content }) => [kind, content])).toEqual([
      ['command', '# first\nls\ncd x'],
      ['command', '# second\npwd'],
    ]);
  });

  it('take a shell fence of assignments for one environment', () => {
    const blocks = findBlocks(text('```bash', '# on or off', 'ON=true', '', 'KEY=example.com/key', '```'));

    expect(blocks.map(({ kind }) => kind)).toEqual(['environment']);
  });

  it('include tables and lists that begin with a name in code marks', () => {
    const blocks = findBlocks(
      text('| Variable | Use |', '|---|---|', '| `A` | a |', '| `B` | b |', '', '* **`C`**: c', '', '- the `D` file'),
    );

    expect(blocks.map(({ kind, content }) => [kind, content])).toEqual([
      ['names', '| `A` | a |\n| `B` | b |'],
      ['names', '* **`C`**: c'],
    ]);
  });

  it('include code whose fence was lost, told from a heading by the line that follows', () => {
    const blocks = findBlocks(text('Prose:', '', '# Abstract flow', '1. Watch', '   a. more', '', 'Prose.'));

    expect(blocks).toEqual([{ heading: '', index: 0, kind: 'text', content: '# Abstract flow\n1. Watch\n   a. more' }]);
  });

  it('are refused when a fence is not closed', () => {
    expect(() => findBlocks(text('prose', '```yaml', 'a: 1'))).toThrow('line 2: the fence that begins here');
  });
});
