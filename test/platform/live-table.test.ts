import { LiveTable, tableLines, type Table } from './live-table';

const records = (...rows: Table['rows']): Table => ({ columns: ['INFERENCESERVICE', 'RECORD', 'URL'], rows });
const models = (...rows: Table['rows']): Table => ({ columns: ['INFERENCESERVICE', 'MODEL'], rows });

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => void written.push(text), written };
}

describe('the live table', () => {
  it('pads columns to their widest cell', () => {
    expect(tableLines(records(['ml-models/iris', '3', 'http://iris']))).toEqual([
      'INFERENCESERVICE   RECORD   URL',
      'ml-models/iris     3        http://iris',
    ]);
  });

  it('says one line per change without a terminal', () => {
    const log = screen(false);
    const table = new LiveTable(log);
    table.show([records(['ml-models/iris', '3', '-'])]);
    table.show([records(['ml-models/iris', '3', '-'])]);
    table.show([records(['ml-models/iris', '3', 'http://iris'])]);
    table.show([records()]);
    expect(log.written).toEqual([
      'ml-models/iris: record 3, url -\n',
      'ml-models/iris: record 3, url http://iris\n',
      'ml-models/iris: gone\n',
    ]);
  });

  it('says what changed in either table, and that something is gone when no table has it any more', () => {
    const log = screen(false);
    const table = new LiveTable(log);
    const row = ['ml-models/iris', '3', '-'] as const;
    table.show([records(row), models(['ml-models/iris', 'fetching'])]);
    table.show([records(row), models(['ml-models/iris', 'fetched'])]);
    table.show([records(row), models()]);
    table.show([records(), models()]);
    expect(log.written).toEqual([
      'ml-models/iris: record 3, url -\n',
      'ml-models/iris: model fetching\n',
      'ml-models/iris: model fetched\n',
      'ml-models/iris: gone\n',
    ]);
  });

  it('redraws in place on a terminal, below what was said', () => {
    const terminal = screen(true);
    const table = new LiveTable(terminal);
    table.show([records(['ml-models/iris', '3', '-']), models()]);
    table.say('deleting ml-models/iris');
    expect(terminal.written.join('')).toContain('\u001b[2A\u001b[0Jdeleting ml-models/iris\nINFERENCESERVICE');
  });

  it('redraws several tables as one, with an empty line between them', () => {
    const terminal = screen(true);
    const table = new LiveTable(terminal);
    table.show([records(['ml-models/iris', '3', '-']), models(['ml-models/iris', 'fetched'])]);
    table.say('deleting ml-models/iris');
    const text = terminal.written.join('');
    expect(text).toContain('ml-models/iris     3        -\n\nINFERENCESERVICE   MODEL\n');
    expect(text).toContain('\u001b[5A\u001b[0Jdeleting ml-models/iris\nINFERENCESERVICE');
  });
});
