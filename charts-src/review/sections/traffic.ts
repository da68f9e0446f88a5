import { byCodeUnit } from '../json';
import { markup, type Markup } from '../markup';
import { badge, rows, type Section, table } from '../section';
import { drawingOf, portsText } from '../traffic/drawing';
import { openDirections, stateText } from '../traffic/state';
import type { Flow, GuardedNamespace, GuardedWorkload, Traffic } from '../traffic/traffic';

/** An environment's traffic by its name. */
export interface NamedTraffic {
  readonly name: string;
  readonly traffic: Traffic;
}

/** Who may talk to whom: for each environment a drawing, its namespaces and workloads, and every connection as text. */
export function trafficSection(environments: readonly NamedTraffic[]): Section {
  return {
    id: 'traffic',
    title: 'Who may talk to whom',
    body: markup`<p>What the NetworkPolicies allow, as far as rendered objects say it: policies that others bring, and a network
plugin that knows none, are not seen here. A dashed red line is a rule that one end has and the other end's policy does not agree
with: nothing passes.</p>
${environments.map(trafficOfOne)}`,
  };
}

function trafficOfOne({ name, traffic }: NamedTraffic): Markup {
  const drawing =
    traffic.workloads.length === 0
      ? markup`<p>No workloads.</p>`
      : markup`<div class="scroll" role="region" aria-label="Drawing of the traffic in ${name}" tabindex="0">${drawingOf(traffic, `Who may talk to whom in ${name}`, `traffic-${name}`)}</div>
`;
  return markup`<h3>${name}</h3>
<ul class="namespaces">${traffic.namespaces.map(namespaceItem)}</ul>
${drawing}${table(
    `Workloads in ${name} and the policies that limit them`,
    [{ title: 'Workload' }, { title: 'State' }, { title: 'Ingress limited by' }, { title: 'Egress limited by' }],
    rows(traffic.workloads.map(workloadRow)),
  )}${connections(name, traffic)}${idle(traffic.idlePolicies)}`;
}

function namespaceItem({ name, denies }: GuardedNamespace): Markup {
  const state =
    denies.length === 0
      ? badge('notice', 'no default deny')
      : badge('good', `default deny: ${denies.join(' and ').toLowerCase()}`);
  return markup`<li>namespace <b>${name}</b> ${state}</li>
`;
}

function workloadRow(guarded: GuardedWorkload): Markup {
  const { id, policies } = guarded;
  const kind = openDirections(guarded).length > 0 ? 'high' : 'good';
  const list = (names: readonly string[]) => (names.length === 0 ? '–' : names.join(', '));
  return markup`<tr><th scope="row" class="name">${id}</th><td>${badge(kind, stateText(guarded))}</td><td>${list(policies.Ingress)}</td><td>${list(policies.Egress)}</td></tr>
`;
}

function connections(name: string, { flows, outsiders }: Traffic): Markup {
  if (flows.length === 0)
    return markup`<p>No policy names a connection.</p>
`;
  const names = new Map(outsiders.map(({ id, title, note }) => [id, `${title} (${note})`]));
  const text = (id: string) => names.get(id) ?? id;
  const sorted = flows.toSorted((a, b) => byCodeUnit(text(a.from), text(b.from)) || byCodeUnit(text(a.to), text(b.to)));
  return table(
    `Connections that policies of ${name} name`,
    [{ title: 'From' }, { title: 'To' }, { title: 'Ports' }, { title: 'Verdict' }],
    rows(
      sorted.map(
        (flow) =>
          markup`<tr><td class="name">${text(flow.from)}</td><td class="name">${text(flow.to)}</td><td>${portsText(flow)}</td><td>${verdict(flow)}</td></tr>
`,
      ),
    ),
  );
}

/** Whose policies decide. */
function verdictText({ verdict }: Pick<Flow, 'verdict'>): string {
  switch (verdict) {
    case 'allowed':
      return 'allowed';
    case 'no egress':
      return 'blocked by the source';
    case 'no ingress':
      return 'blocked by the destination';
  }
}

function verdict(flow: Flow): Markup {
  return badge(flow.verdict === 'allowed' ? 'good' : 'high', verdictText(flow));
}

function idle(policies: readonly string[]): Markup | undefined {
  if (policies.length === 0) return undefined;
  return markup`<p>${badge('notice', 'selects nothing')} No rendered pod is selected by ${policies.join(', ')}.</p>
`;
}
