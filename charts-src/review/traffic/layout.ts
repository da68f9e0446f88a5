/** Something that takes a place in a column. Lengths are in the drawing's unit. */
export interface Box {
  readonly id: string;
  /** 0 is the leftmost. */
  readonly column: number;
  readonly height: number;
}

/** A line from the right side of one box to a place at the left side of another. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** Where it arrives, from the upper edge of the box. */
  readonly inlet: number;
  /** Links of the same lane to the same inlet share their way past other boxes. */
  readonly lane: string;
}

/** A point of the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything is. */
export interface Layout<L extends Link> {
  readonly width: number;
  readonly height: number;
  /** Upper left corners. */
  readonly boxes: ReadonlyMap<string, Point>;
  /** Points that a line goes through, its ends included. */
  readonly links: readonly { readonly link: L; readonly points: readonly Point[] }[];
}

/** Measures of a drawing. */
export interface Spacing {
  readonly boxWidth: number;
  readonly columnGap: number;
  readonly rowGap: number;
}

/** Height of the gap in a column that lines take which go on to a column further right. */
const passageHeight = 8;
/** Sweeps from left to right and back; the order settles in fewer. */
const sweeps = 6;

/** A box, or the gap that a line takes through a column. */
interface Slot extends Box {
  readonly before: string[];
  readonly after: string[];
}

/**
 * Places boxes in their columns so that lines cross little (each goes near the middle of what it is linked to) and no line runs
 * behind a box: where one has to pass a column, a gap is kept for it.
 */
export function layOut<L extends Link>(boxes: readonly Box[], links: readonly L[], spacing: Spacing): Layout<L> {
  const slots = new Map<string, Slot>(boxes.map((box) => [box.id, { ...box, before: [], after: [] }]));
  const ways = links.map((link) => ({ link, way: wayOf(link, slots) }));
  const columns = ordered(slots);
  const heights = columns.map((column) => sum(column.map(({ height }) => height + spacing.rowGap)) - spacing.rowGap);
  const height = Math.max(0, ...heights);
  const corners = new Map<string, Point>();
  columns.forEach((column, index) => {
    let y = (height - (heights[index] ?? 0)) / 2;
    for (const slot of column) {
      corners.set(slot.id, { x: index * (spacing.boxWidth + spacing.columnGap), y });
      y += slot.height + spacing.rowGap;
    }
  });
  return {
    width: columns.length * (spacing.boxWidth + spacing.columnGap) - spacing.columnGap,
    height,
    boxes: new Map(boxes.map(({ id }) => [id, corners.get(id) ?? { x: 0, y: 0 }])),
    links: ways.map(({ link, way }) => ({ link, points: pointsOf(link, way, { slots, corners, spacing }) })),
  };
}

/** Ids of the slots that a line passes; makes the gaps that are not there yet. */
function wayOf(link: Link, slots: Map<string, Slot>): string[] {
  const [from, to] = [slots.get(link.from), slots.get(link.to)];
  if (from === undefined || to === undefined) throw new Error(`drawing ${link.from} to ${link.to}: no such box`);
  const way = [from.id];
  for (let column = from.column + 1; column < to.column; column += 1) {
    const id = `${link.lane} to ${link.to} at ${link.inlet} through ${column}`;
    if (!slots.has(id)) slots.set(id, { id, column, height: passageHeight, before: [], after: [] });
    way.push(id);
  }
  way.push(to.id);
  way.forEach((id, index) => {
    const next = way[index + 1];
    if (next === undefined) return;
    slots.get(id)?.after.push(next);
    slots.get(next)?.before.push(id);
  });
  return way;
}

/** Slots by column, each column in the order from top to bottom. */
function ordered(slots: ReadonlyMap<string, Slot>): Slot[][] {
  const count = Math.max(-1, ...[...slots.values()].map(({ column }) => column)) + 1;
  const columns = Array.from({ length: count }, (_, index) =>
    [...slots.values()].filter(({ column }) => column === index),
  );
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const toTheRight = sweep % 2 === 0;
    const indexes = columns.map((_, index) => (toTheRight ? index : count - 1 - index));
    for (const index of indexes) sortByNeighbours(columns, index, toTheRight ? 'before' : 'after');
  }
  return columns;
}

function sortByNeighbours(columns: Slot[][], index: number, side: 'before' | 'after'): void {
  const places = new Map(columns.flatMap((column) => column.map(({ id }, place) => [id, place / column.length])));
  const column = columns[index] ?? [];
  const wish = new Map(
    column.map((slot) => {
      const neighbours = slot[side].flatMap((id) => places.get(id) ?? []);
      return [slot.id, neighbours.length === 0 ? (places.get(slot.id) ?? 0) : sum(neighbours) / neighbours.length];
    }),
  );
  columns[index] = column.toSorted((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0));
}

interface Placed {
  readonly slots: ReadonlyMap<string, Slot>;
  readonly corners: ReadonlyMap<string, Point>;
  readonly spacing: Spacing;
}

function pointsOf(link: Link, way: readonly string[], { slots, corners, spacing }: Placed): Point[] {
  return way.flatMap((id, index) => {
    const corner = corners.get(id) ?? { x: 0, y: 0 };
    const middle = corner.y + (slots.get(id)?.height ?? 0) / 2;
    const right = { x: corner.x + spacing.boxWidth, y: middle };
    if (index === 0) return [right];
    if (index === way.length - 1) return [{ x: corner.x, y: corner.y + link.inlet }];
    return [{ x: corner.x, y: middle }, right];
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
