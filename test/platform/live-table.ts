/** One row of the live table: an InferenceService and its registry record. */
export interface Row {
  readonly inferenceService: string;
  readonly record: string;
  readonly state: string;
  readonly url: string;
}

const columns = [
  { title: 'INFERENCESERVICE', of: (row: Row) => row.inferenceService },
  { title: 'RECORD', of: (row: Row) => row.record },
  { title: 'STATE', of: (row: Row) => row.state },
  { title: 'URL', of: (row: Row) => row.url },
];

/** The table as lines, columns padded to their widest cell. */
export function tableLines(rows: readonly Row[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ of }) => of(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

/** Where the table goes: a terminal that can be redrawn, or a log. */
export interface Screen {
  readonly isTTY: boolean;
  write(text: string): void;
}

/**
 * Shows rows as they change: on a terminal the table is redrawn in place, elsewhere each changed row is one line. Steps and
 * notes scroll by above the table.
 */
export class LiveTable {
  private drawn = 0;
  private shown = new Map<string, string>();
  private rows: readonly Row[] = [];

  constructor(private readonly screen: Screen) {}

  /** Shows the rows if any of them changed. */
  show(rows: readonly Row[]): void {
    const before = this.shown;
    const lines = new Map(rows.map((row) => [row.inferenceService, JSON.stringify(row)]));
    const changed = rows.filter((row) => before.get(row.inferenceService) !== lines.get(row.inferenceService));
    const gone = [...before.keys()].filter((name) => !lines.has(name));
    if (changed.length === 0 && gone.length === 0) return;
    this.shown = lines;
    this.rows = rows;
    if (this.screen.isTTY) return this.redraw();
    for (const row of changed) {
      this.screen.write(`${row.inferenceService}: record ${row.record}, state ${row.state}, url ${row.url}\n`);
    }
    for (const name of gone) this.screen.write(`${name}: gone\n`);
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.erase();
    this.screen.write(`${line}\n`);
    if (this.screen.isTTY && this.rows.length > 0) this.redraw();
  }

  private redraw(): void {
    this.erase();
    const lines = tableLines(this.rows);
    this.screen.write(lines.map((line) => `${line}\n`).join(''));
    this.drawn = lines.length;
  }

  private erase(): void {
    if (this.drawn > 0) this.screen.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }
}
