import { markup, type Markup } from '../markup';
import { layersOf } from './layers';
import { type Box, layOut, type Link, type Point } from './layout';
import { openDirections, stateText } from './state';
import type { Flow, Traffic } from './traffic';

const spacing = { boxWidth: 222, columnGap: 62, rowGap: 18 };
const padding = 10;
const lineHeight = 17;
/** Characters of a title that fit into a box. */
const lineLength = 27;

/** A box with its text. */
interface DrawnBox extends Box {
  readonly title: readonly string[];
  readonly note: readonly string[];
  /** Ports at which others arrive, one line for each set of them. */
  readonly inlets: readonly string[];
  readonly className: string;
}

interface DrawnLink extends Link {
  readonly flow: Flow;
}

/**
 * Who may talk to whom as a picture: callers left, those they call right of them, ports written where arrows arrive.
 *
 * @param id prefix of the ids in the picture, its own in the page
 */
export function drawingOf(traffic: Traffic, title: string, id: string): Markup {
  const boxes = boxesOf(traffic);
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const links = traffic.flows.map((flow): DrawnLink => {
    const box = byId.get(flow.to);
    const row = box?.inlets.indexOf(portsText(flow)) ?? 0;
    const inlet = box === undefined ? 0 : inletAt(box, row);
    return { from: flow.from, to: flow.to, inlet, lane: flow.verdict, flow };
  });
  const { width, height, boxes: corners, links: lines } = layOut(boxes, links, spacing);
  const frame = `-2 -2 ${width + 4} ${Math.ceil(height) + 4}`;
  return markup`<svg class="drawing" viewBox="${frame}" width="${width + 4}" height="${Math.ceil(height) + 4}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${title}</title>
<desc id="${id}-text">The same connections stand in the table below.</desc>
<defs>${(['allowed', 'blocked'] as const).map(
    (kind) =>
      markup`<marker id="${id}-${kind}" class="tip ${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`,
  )}</defs>
${lines.map(({ link, points }) => {
  const kind = link.flow.verdict === 'allowed' ? 'allowed' : 'blocked';
  return markup`<path class="flow ${kind}" d="${pathOf(points)}" marker-end="url(#${id}-${kind})"><title>${flowTitle(link.flow, byId)}</title></path>
`;
})}${boxes.map((box) => drawnBox(box, corners.get(box.id) ?? { x: 0, y: 0 }))}</svg>`;
}

/** Ports as a line of a box has them. */
export function portsText({ ports }: Pick<Flow, 'ports'>): string {
  return ports.join(', ');
}

function boxesOf(traffic: Traffic): DrawnBox[] {
  const { workloads, outsiders, flows } = traffic;
  const ids = workloads.map(({ id }) => id);
  const layers = layersOf(ids, flows);
  const first = outsiders.some(({ end }) => end === 'source') ? 1 : 0;
  const last = first + Math.max(-1, ...layers.values()) + 1;
  const inletsOf = (id: string) => [...new Set(flows.filter(({ to }) => to === id).map(portsText))].sort();
  return [
    ...outsiders.map(({ id, title, note, end }) =>
      box({ id, title, note, inlets: inletsOf(id), column: end === 'source' ? 0 : last, className: 'outsider' }),
    ),
    ...workloads.map((guarded) =>
      box({
        id: guarded.id,
        title: guarded.workload.name,
        note: `${guarded.workload.kind} in ${guarded.workload.namespace}, ${stateText(guarded)}`,
        inlets: inletsOf(guarded.id),
        column: first + (layers.get(guarded.id) ?? 0),
        className: openDirections(guarded).length > 0 ? 'workload open' : 'workload',
      }),
    ),
  ];
}

interface BoxText {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly inlets: readonly string[];
  readonly column: number;
  readonly className: string;
}

function box({ title, note, ...rest }: BoxText): DrawnBox {
  const [titleLines, noteLines] = [folded(title), folded(note)];
  const lines = titleLines.length + noteLines.length + rest.inlets.length;
  return { ...rest, title: titleLines, note: noteLines, height: 2 * padding + lines * lineHeight };
}

/** Text in lines that fit into a box, broken behind hyphens, spaces and the like. */
function folded(text: string): string[] {
  const lines = [''];
  for (const word of text.match(/[^-/=., ]*[-/=., ]*/g) ?? []) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && (line + word).trimEnd().length > lineLength) lines.push(word);
    else lines[lines.length - 1] = line + word;
  }
  return lines.map((line) => line.trim());
}

function inletAt({ title, note }: DrawnBox, row: number): number {
  return padding + (title.length + note.length + row + 0.5) * lineHeight;
}

function drawnBox({ title, note, inlets, height, className }: DrawnBox, { x, y }: Point): Markup {
  const line = (text: string, index: number, kind: string) =>
    markup`<text class="${kind}" x="${padding + 2}" y="${padding + (index + 0.75) * lineHeight}">${text}</text>`;
  return markup`<g class="${className}" transform="translate(${x} ${round(y)})"><rect width="${spacing.boxWidth}" height="${height}" rx="6"/>${[
    ...title.map((text, index) => line(text, index, 'name')),
    ...note.map((text, index) => line(text, title.length + index, 'note')),
    ...inlets.map((text, index) => line(`▸ ${text}`, title.length + note.length + index, 'port')),
  ]}</g>
`;
}

function flowTitle(flow: Flow, boxes: ReadonlyMap<string, DrawnBox>): string {
  const name = (id: string) => boxes.get(id)?.title.join('') ?? id;
  const verdict = flow.verdict === 'allowed' ? '' : `; blocked: ${flow.verdict} rule`;
  return `${name(flow.from)} to ${name(flow.to)}: ${portsText(flow)}${verdict}`;
}

/** Curves that leave and arrive level. */
function pathOf(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  let from = start;
  const parts = rest.map((to) => {
    const bend = Math.max(Math.abs(to.x - from.x) / 2, 30);
    const curve = `C${round(from.x + bend)} ${round(from.y)} ${round(to.x - bend)} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
    from = to;
    return curve;
  });
  return `M${round(start.x)} ${round(start.y)}${parts.join('')}`;
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
