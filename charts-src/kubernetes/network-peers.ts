import { k8s } from 'cdk8s-plus-28';
import * as z from 'zod';

/** Number of a TCP port. */
export const port = z.int().min(1).max(65_535);

/** Addresses outside of the cluster, or of nodes, and the ports that matter there. */
export const addressesSchema = z.strictObject({
  /** Address range, for example `10.96.0.1/32`. */
  cidr: z.union([z.cidrv4('expected an address range such as 10.0.0.0/8'), z.cidrv6()]),
  ports: z.array(port).min(1),
});

/**
 * Where the API server is. Its Service address is translated before policies are asked, so that its endpoints count.
 * Default: any address, on the ports that API servers use.
 */
export const apiServerAddresses = z.array(addressesSchema).default([{ cidr: '0.0.0.0/0', ports: [443, 6443] }]);

type Addresses = z.output<typeof addressesSchema>;

/** Namespaces that may read metrics carry this label, as in upstream's policies. */
export const metricsNamespaces = { metrics: 'enabled' };

/** A TCP port of a rule. */
export function tcp(number: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: k8s.IntOrString.fromNumber(number) };
}

/** The namespace of a name. */
export function namespaceNamed(name: string): k8s.LabelSelector {
  return { matchLabels: { 'kubernetes.io/metadata.name': name } };
}

/** Pods with these labels in the namespace of a name. */
export function podsIn(namespace: string, labels: Readonly<Record<string, string>>): k8s.NetworkPolicyPeer {
  return { namespaceSelector: namespaceNamed(namespace), podSelector: { matchLabels: { ...labels } } };
}

/** Name resolution, without which no other rule is of use. */
export const dnsEgress: k8s.NetworkPolicyEgressRule = {
  to: [{ namespaceSelector: namespaceNamed('kube-system') }],
  ports: [{ protocol: 'UDP', port: k8s.IntOrString.fromNumber(53) }, tcp(53)],
};

/** Traffic to address ranges. */
export function egressTo(addresses: readonly Addresses[]): k8s.NetworkPolicyEgressRule[] {
  return addresses.map(({ cidr, ports }) => ({ to: [{ ipBlock: { cidr } }], ports: ports.map(tcp) }));
}
