import { layersOf } from '../../../../charts-src/review/traffic/layers';
import { type Box, layOut, type Link } from '../../../../charts-src/review/traffic/layout';

const spacing = { boxWidth: 100, columnGap: 50, rowGap: 10 };
const box = (id: string, column: number): Box => ({ id, column, height: 40 });
const link = (from: string, to: string): Link => ({ from, to, inlet: 20, lane: 'allowed' });
const call = (from: string, to: string) => ({ from, to, ports: ['TCP 80'], verdict: 'allowed' as const });

describe('the columns of workloads', () => {
  it('put whoever is called right of all its callers', () => {
    const layers = layersOf(
      ['database', 'web', 'api'],
      [call('web', 'api'), call('api', 'database'), call('web', 'database')],
    );
    expect(Object.fromEntries(layers)).toEqual({ web: 0, api: 1, database: 2 });
  });

  it('exist for workloads that call each other, or themselves', () => {
    const layers = layersOf(['a', 'b', 'c'], [call('a', 'b'), call('b', 'a'), call('c', 'c')]);
    expect([...layers.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(layers.get('c')).toBe(0);
  });
});

describe('a layout', () => {
  const boxes = [box('a', 0), box('b', 0), box('c', 1), box('d', 1), box('e', 2)];
  const links = [link('a', 'd'), link('b', 'c'), link('a', 'e'), link('b', 'e')];
  const layout = layOut(boxes, links, spacing);

  it('gives every box a place of its own', () => {
    const corners = [...layout.boxes.values()];
    const overlap = corners.some((one, index) =>
      corners.some((other, at) => at > index && one.x === other.x && Math.abs(one.y - other.y) < 40),
    );
    expect(corners).toHaveLength(5);
    expect(overlap).toBe(false);
    expect(Math.max(...corners.map(({ x }) => x)) + 100).toBe(layout.width);
    expect(Math.max(...corners.map(({ y }) => y)) + 40).toBeLessThanOrEqual(layout.height);
  });

  it('leads every line from its source to the inlet, and past the boxes in between', () => {
    for (const { link: drawn, points } of layout.links) {
      const [source, target] = [layout.boxes.get(drawn.from), layout.boxes.get(drawn.to)];
      expect(points[0]).toEqual({ x: (source?.x ?? NaN) + 100, y: (source?.y ?? NaN) + 20 });
      expect(points.at(-1)).toEqual({ x: target?.x, y: (target?.y ?? NaN) + 20 });
      const inside = points
        .slice(1, -1)
        .flatMap(({ x, y }) =>
          [...layout.boxes].filter(
            ([, corner]) => x >= corner.x && x <= corner.x + 100 && y >= corner.y && y <= corner.y + 40,
          ),
        );
      expect(inside).toEqual([]);
    }
  });

  it('orders a column so that lines between neighbours do not cross', () => {
    const y = (id: string) => layout.boxes.get(id)?.y ?? NaN;
    expect(y('a') < y('b')).toBe(y('d') < y('c'));
  });
});
