import { LiveTable, tableLines, type Row } from './live-table';

const row = (parts: Partial<Row> = {}): Row => ({
  inferenceService: 'ml-models/iris',
  record: '3',
  state: 'DEPLOYED',
  url: 'http://iris',
  ...parts,
});

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => void written.push(text), written };
}

describe('the live table', () => {
  it('pads columns to their widest cell', () => {
    expect(tableLines([row()])).toEqual([
      'INFERENCESERVICE   RECORD   STATE      URL',
      'ml-models/iris     3        DEPLOYED   http://iris',
    ]);
  });

  it('says one line per change without a terminal', () => {
    const log = screen(false);
    const table = new LiveTable(log);
    table.show([row({ url: '-' })]);
    table.show([row({ url: '-' })]);
    table.show([row()]);
    table.show([]);
    expect(log.written).toEqual([
      'ml-models/iris: record 3, state DEPLOYED, url -\n',
      'ml-models/iris: record 3, state DEPLOYED, url http://iris\n',
      'ml-models/iris: gone\n',
    ]);
  });

  it('redraws in place on a terminal, below what was said', () => {
    const terminal = screen(true);
    const table = new LiveTable(terminal);
    table.show([row()]);
    table.say('deleting ml-models/iris');
    const text = terminal.written.join('');
    expect(text).toContain('\u001b[2A\u001b[0Jdeleting ml-models/iris\nINFERENCESERVICE');
  });
});
