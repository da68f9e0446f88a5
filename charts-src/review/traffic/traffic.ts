import type { Manifest } from '../../kubernetes/manifest';
import { byCodeUnit } from '../json';
import { isEmpty, selects } from './label-selector';
import { anyPort, type Direction, type Peer, policiesOf, type Policy, type Rule } from './network-policy';
import { type Outsider, outsiderOf } from './outsider';
import { type Workload, workloadsOf } from './workloads';

/** A workload and what shuts it off. */
export interface GuardedWorkload {
  readonly id: string;
  readonly workload: Workload;
  /** Policies that select it, by direction; none: open that way. */
  readonly policies: Readonly<Record<Direction, readonly string[]>>;
}

/** A namespace and the directions in which it allows nothing by itself. */
export interface GuardedNamespace {
  readonly name: string;
  readonly denies: readonly Direction[];
}

/** What policies say of connections from one node to another. */
export interface Flow {
  /** Ids of nodes. */
  readonly from: string;
  readonly to: string;
  readonly ports: readonly string[];
  /**
   * Whether both ends agree. `no egress`: the destination admits it and the source may not send it; `no ingress`: the other way
   * round. Outsiders' own policies are not known here: they agree.
   */
  readonly verdict: 'allowed' | 'no egress' | 'no ingress';
}

/** Who may talk to whom in an environment. */
export interface Traffic {
  readonly namespaces: readonly GuardedNamespace[];
  readonly workloads: readonly GuardedWorkload[];
  /** Peers that are no workloads of the environment. */
  readonly outsiders: readonly Outsider[];
  readonly flows: readonly Flow[];
  /** Policies, as `namespace/name`, that select a part of a namespace in which no rendered pod is. */
  readonly idlePolicies: readonly string[];
}

/**
 * Reads the NetworkPolicies the way a cluster does: a direction in which no policy selects a pod is open, otherwise the union of
 * the rules is allowed; a connection needs both ends.
 */
export function trafficOf(manifests: readonly Manifest[]): Traffic {
  const policies = policiesOf(manifests);
  const workloads = workloadsOf(manifests);
  const world: World = { policies, namespaceLabels: namespaceLabelsOf(manifests) };
  const guarded = workloads.map((workload) => ({
    id: idOf(workload),
    workload,
    policies: {
      Ingress: selecting(world, workload, 'Ingress').map(({ name }) => name),
      Egress: selecting(world, workload, 'Egress').map(({ name }) => name),
    },
  }));
  const inside = workloads.flatMap((from) => workloads.flatMap((to) => flowsBetween(world, from, to)));
  const outside = workloads.flatMap((workload) => outsideFlows(world, workload, workloads));
  return {
    namespaces: namespacesOf(manifests, policies, workloads),
    workloads: guarded,
    outsiders: [...new Map(outside.map(({ outsider }) => [outsider.id, outsider])).values()],
    flows: merged([...inside, ...outside.map(({ flow }) => flow)]),
    idlePolicies: policies
      .filter((policy) => !isEmpty(policy.pods) && !workloads.some((workload) => guards(policy, workload)))
      .map(({ namespace, name }) => `${namespace}/${name}`),
  };
}

interface World {
  readonly policies: readonly Policy[];
  /** Labels of each rendered namespace. */
  readonly namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

function idOf({ kind, namespace, name }: Workload): string {
  return `${kind} ${namespace}/${name}`;
}

function guards({ namespace, pods }: Policy, workload: Workload): boolean {
  return namespace === workload.namespace && selects(pods, workload.labels);
}

function selecting({ policies }: World, workload: Workload, direction: Direction): Policy[] {
  return policies.filter((policy) => policy.rules[direction] !== undefined && guards(policy, workload));
}

/** Rules that hold for a workload with the policy of each, or undefined where it is open. */
function rulesFor(
  world: World,
  workload: Workload,
  direction: Direction,
): readonly { policy: Policy; rule: Rule }[] | undefined {
  const policies = selecting(world, workload, direction);
  if (policies.length === 0) return undefined;
  return policies.flatMap((policy) => (policy.rules[direction] ?? []).map((rule) => ({ policy, rule })));
}

/** Every namespace has this label, set by the API server. */
function labelsOfNamespace({ namespaceLabels }: World, name: string): Readonly<Record<string, string>> {
  return { ...namespaceLabels.get(name), 'kubernetes.io/metadata.name': name };
}

function namespaceLabelsOf(manifests: readonly Manifest[]): World['namespaceLabels'] {
  const namespaces = manifests.filter(({ kind }) => kind === 'Namespace');
  return new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
}

function isPeer(world: World, peer: Peer, policy: Policy, workload: Workload): boolean {
  if (peer.kind !== 'pods') return peer.kind === 'anybody';
  const reached =
    peer.namespaces === undefined
      ? workload.namespace === policy.namespace
      : selects(peer.namespaces, labelsOfNamespace(world, workload.namespace));
  return reached && selects(peer.pods, workload.labels);
}

/** A peer that points at certain pods, not at all of a namespace. */
function pointsAtPods(peer: Peer): boolean {
  return peer.kind === 'pods' && !isEmpty(peer.pods);
}

interface Side {
  /** Ports that this end allows. */
  readonly ports: readonly string[];
  /** Those of them for which a rule names the other end's pods. */
  readonly named: readonly string[];
}

/** What one end says of a connection; ports are the destination's, so that a name means its container's port. */
function side(world: World, workload: Workload, direction: Direction, other: Workload): Side {
  const rules = rulesFor(world, workload, direction);
  if (rules === undefined) return { ports: [anyPort], named: [] };
  const destination = direction === 'Ingress' ? workload : other;
  const ports = (fits: (peer: Peer, policy: Policy) => boolean) =>
    rules
      .filter(({ policy, rule }) => rule.peers.some((peer) => fits(peer, policy)))
      .flatMap(({ rule }) => rule.ports.map((port) => destination.ports.get(port) ?? port));
  return {
    ports: ports((peer, policy) => isPeer(world, peer, policy, other)),
    named: ports((peer, policy) => pointsAtPods(peer) && isPeer(world, peer, policy, other)),
  };
}

/** Shown when one end names the other; what a whole namespace may is shown once, with the namespace. */
function flowsBetween(world: World, from: Workload, to: Workload): Flow[] {
  const egress = side(world, from, 'Egress', to);
  const ingress = side(world, to, 'Ingress', from);
  const named = [...egress.named, ...ingress.named];
  if (named.length === 0) return [];
  const ends = { from: idOf(from), to: idOf(to) };
  return [
    { ...ends, verdict: 'allowed', ports: named.filter((port) => has(egress, port) && has(ingress, port)) },
    { ...ends, verdict: 'no egress', ports: ingress.named.filter((port) => !has(egress, port)) },
    { ...ends, verdict: 'no ingress', ports: egress.named.filter((port) => !has(ingress, port)) },
  ];
}

function has({ ports }: Side, port: string): boolean {
  return ports.includes(port) || ports.includes(anyPort);
}

function outsideFlows(
  world: World,
  workload: Workload,
  workloads: readonly Workload[],
): { outsider: Outsider; flow: Flow }[] {
  return (['Ingress', 'Egress'] as const).flatMap((direction) =>
    (rulesFor(world, workload, direction) ?? []).flatMap(({ policy, rule }) =>
      rule.peers
        .filter((peer) => !pointsAtPods(peer) || !workloads.some((candidate) => isPeer(world, peer, policy, candidate)))
        .map((peer) => {
          const outsider = outsiderOf(peer, policy.namespace, direction);
          const id = idOf(workload);
          const ends = direction === 'Ingress' ? { from: outsider.id, to: id } : { from: id, to: outsider.id };
          const ports = rule.ports.map((port) => (direction === 'Ingress' ? workload.ports.get(port) : port) ?? port);
          return { outsider, flow: { ...ends, ports, verdict: 'allowed' as const } };
        }),
    ),
  );
}

/** One flow for each pair and verdict, ports once each; those without ports are none. */
function merged(flows: readonly Flow[]): Flow[] {
  const found = new Map<string, Flow>();
  for (const flow of flows) {
    const key = JSON.stringify([flow.from, flow.to, flow.verdict]);
    const ports = [...new Set([...(found.get(key)?.ports ?? []), ...flow.ports])].sort(byCodeUnit);
    if (ports.length > 0) found.set(key, { ...flow, ports: ports.includes(anyPort) ? [anyPort] : ports });
  }
  return [...found.values()];
}

function namespacesOf(
  manifests: readonly Manifest[],
  policies: readonly Policy[],
  workloads: readonly Workload[],
): GuardedNamespace[] {
  const rendered = manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  const names = [...new Set([...rendered, ...workloads.map(({ namespace }) => namespace)])].sort(byCodeUnit);
  return names.map((name) => ({
    name,
    denies: (['Ingress', 'Egress'] as const).filter((direction) =>
      policies.some(
        ({ namespace, pods, rules }) => namespace === name && isEmpty(pods) && rules[direction]?.length === 0,
      ),
    ),
  }));
}
