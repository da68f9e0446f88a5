import { type JsonMap, mapAt } from '../../kubernetes/manifest';
import { textAt } from '../json';
import { isEmpty, selectorText } from './label-selector';
import type { Direction, Peer } from './network-policy';

/** A peer that is no workload of the environment: a namespace, addresses, somebody else's pods. */
export interface Outsider {
  readonly id: string;
  readonly title: string;
  /** What kind of thing it is. */
  readonly note: string;
  /** Which end of connections it is; the same namespace at both ends is two outsiders. */
  readonly end: 'source' | 'destination';
}

/** How a peer is called that no rendered workload stands for. */
export function outsiderOf(peer: Peer, policyNamespace: string, direction: Direction): Outsider {
  const end = direction === 'Ingress' ? 'source' : 'destination';
  const { title, note } = described(peer, policyNamespace);
  return { id: `${end} ${note}: ${title}`, title, note, end };
}

function described(peer: Peer, policyNamespace: string): Pick<Outsider, 'title' | 'note'> {
  switch (peer.kind) {
    case 'anybody':
      return { title: 'anybody', note: 'in and outside of the cluster' };
    case 'addresses': {
      const everywhere = peer.cidr === '0.0.0.0/0' || peer.cidr === '::/0';
      const note = peer.except.length === 0 ? 'addresses' : `addresses, except ${peer.except.join(', ')}`;
      return { title: everywhere ? `any address (${peer.cidr})` : peer.cidr, note };
    }
    case 'pods': {
      const { title, note } = namespacesText(peer.namespaces, policyNamespace);
      return isEmpty(peer.pods) ? { title, note } : { title: selectorText(peer.pods), note: `pods, ${note} ${title}` };
    }
  }
}

function namespacesText(selector: JsonMap | undefined, own: string): Pick<Outsider, 'title' | 'note'> {
  if (selector === undefined) return { title: own, note: 'namespace' };
  if (isEmpty(selector)) return { title: 'every namespace', note: 'namespaces' };
  const name = textAt(mapAt(selector, 'matchLabels'), 'kubernetes.io/metadata.name');
  const text = selectorText(selector);
  if (name !== undefined && text === `kubernetes.io/metadata.name=${name}`) return { title: name, note: 'namespace' };
  return { title: text, note: 'namespaces labelled' };
}
