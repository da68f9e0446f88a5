import { isMap, type JsonMap, type Manifest, mapAt, mapsAt, textOf } from '../../kubernetes/manifest';
import { byCodeUnit, textAt, textsAt } from '../json';

/** The two ways in which a policy can shut pods off. */
export type Direction = 'Ingress' | 'Egress';

/** Somebody at the other end of a connection. */
export type Peer =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'addresses'; readonly cidr: string; readonly except: readonly string[] }
  | {
      readonly kind: 'pods';
      /** Undefined: the policy's own namespace. */
      readonly namespaces: JsonMap | undefined;
      readonly pods: JsonMap;
    };

/** One rule: these peers, on these ports. */
export interface Rule {
  readonly peers: readonly Peer[];
  /** As `TCP 8080`; `anyPort` where the rule names none. */
  readonly ports: readonly string[];
}

/** A NetworkPolicy as far as traffic is concerned. */
export interface Policy {
  readonly name: string;
  readonly namespace: string;
  readonly pods: JsonMap;
  /** What is allowed in a direction; undefined where the policy has no say. */
  readonly rules: Readonly<Record<Direction, readonly Rule[] | undefined>>;
}

/** What a rule without ports allows. */
export const anyPort = 'any port';

/** The NetworkPolicies among these objects. */
export function policiesOf(manifests: readonly Manifest[]): Policy[] {
  return manifests.filter(({ kind }) => kind === 'NetworkPolicy').map(toPolicy);
}

function toPolicy(manifest: Manifest): Policy {
  const spec = mapAt(manifest, 'spec');
  const { name, namespace = '' } = manifest.metadata;
  const given = textsAt(spec, 'policyTypes');
  // The API server's default: a policy has a say about egress only when it writes of it.
  const directions = given.length > 0 ? given : ['Ingress', ...(spec['egress'] === undefined ? [] : ['Egress'])];
  const rules = (direction: Direction, key: string, peers: string) =>
    directions.includes(direction) ? mapsAt(spec, key).map((rule) => toRule(rule, peers)) : undefined;
  return {
    name,
    namespace,
    pods: mapAt(spec, 'podSelector'),
    rules: { Ingress: rules('Ingress', 'ingress', 'from'), Egress: rules('Egress', 'egress', 'to') },
  };
}

function toRule(rule: JsonMap, key: string): Rule {
  const peers = mapsAt(rule, key);
  const ports = mapsAt(rule, 'ports').map(portText).toSorted(byCodeUnit);
  return {
    peers: peers.length === 0 ? [{ kind: 'anybody' }] : peers.map(toPeer),
    ports: ports.length === 0 ? [anyPort] : [...new Set(ports)],
  };
}

function toPeer(peer: JsonMap): Peer {
  const block = peer['ipBlock'];
  if (isMap(block)) return { kind: 'addresses', cidr: textAt(block, 'cidr') ?? '', except: textsAt(block, 'except') };
  const namespaces = peer['namespaceSelector'];
  return {
    kind: 'pods',
    namespaces: isMap(namespaces) ? namespaces : undefined,
    pods: mapAt(peer, 'podSelector'),
  };
}

function portText({ protocol = 'TCP', port, endPort }: JsonMap): string {
  if (port === undefined) return `${textOf(protocol)}, any port`;
  return `${textOf(protocol)} ${textOf(port)}${endPort === undefined ? '' : `–${textOf(endPort)}`}`;
}
