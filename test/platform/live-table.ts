/** One of the tables that are shown: what its columns are called, and a row of cells per object. */
export interface Table {
  /** The first one is for the name of the object. */
  readonly columns: readonly [string, ...string[]];
  readonly rows: readonly (readonly [string, ...string[]])[];
}

/** A table as lines, columns padded to their widest cell. */
export function tableLines({ columns, rows }: Table): string[] {
  const cells = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

/** Where the tables go: a terminal that can be redrawn, or a log. */
export interface Screen {
  readonly isTTY: boolean;
  write(text: string): void;
}

/**
 * Shows tables as their rows change: on a terminal they are redrawn in place, elsewhere each changed row is one line. Steps and
 * notes scroll by above them.
 */
export class LiveTable {
  private drawn = 0;
  /** Sentences by table and name. */
  private shown = new Map<string, string>();
  private names = new Set<string>();
  private tables: readonly Table[] = [];

  constructor(private readonly screen: Screen) {}

  /** Shows the tables if any row of them changed. Those without rows are left out. */
  show(tables: readonly Table[]): void {
    const [before, namesBefore] = [this.shown, this.names];
    this.shown = new Map(
      tables.flatMap((table, place) => table.rows.map((row) => [`${place} ${row[0]}`, sentence(table, row)])),
    );
    this.names = new Set(tables.flatMap(({ rows }) => rows.map(([name]) => name)));
    const changed = [...this.shown].filter(([key, line]) => before.get(key) !== line);
    const gone = [...namesBefore].filter((name) => !this.names.has(name));
    if (changed.length === 0 && this.shown.size === before.size) return;
    this.tables = tables.filter(({ rows }) => rows.length > 0);
    if (this.screen.isTTY) return this.redraw();
    for (const [, line] of changed) this.screen.write(`${line}\n`);
    for (const name of gone) this.screen.write(`${name}: gone\n`);
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.erase();
    this.screen.write(`${line}\n`);
    if (this.screen.isTTY && this.tables.length > 0) this.redraw();
  }

  private redraw(): void {
    this.erase();
    const lines = this.tables.flatMap((table, place) => [...(place === 0 ? [] : ['']), ...tableLines(table)]);
    this.screen.write(lines.map((line) => `${line}\n`).join(''));
    this.drawn = lines.length;
  }

  private erase(): void {
    if (this.drawn > 0) this.screen.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }
}

/** A row for a log: `ml-models/iris: record 3, state DEPLOYED, url http://iris`. */
function sentence({ columns: [, ...columns] }: Table, [name, ...cells]: Table['rows'][number]): string {
  return `${name}: ${columns.map((column, place) => `${column.toLowerCase()} ${cells[place] ?? ''}`).join(', ')}`;
}
