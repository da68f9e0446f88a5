import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { StorageError } from '../storage-error';

/**
 * Addresses that are not connected to:
 *
 * - `link-local`: where clouds have their metadata servers, which give out credentials; no model is ever there
 * - `local`: these, and the pod itself
 */
export type RefusedAddresses = 'link-local' | 'local';

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// Metadata servers outside of it: AWS in IPv6 (instances, pod identities), Google Cloud in IPv6, Azure, Alibaba, Oracle.
for (const address of ['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254']) linkLocal.addAddress(address, 'ipv6');
for (const address of ['168.63.129.16', '100.100.100.200', '192.0.0.192']) linkLocal.addAddress(address, 'ipv4');
// 169.254.0.0/16 as NAT64 has it.
linkLocal.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const pod = new BlockList();
pod.addSubnet('127.0.0.0', 8, 'ipv4');
pod.addSubnet('0.0.0.0', 8, 'ipv4');
pod.addAddress('::1', 'ipv6');
pod.addAddress('::', 'ipv6');

/** Whether an address is refused. IPv4 addresses in IPv6 form are what they mean. @param host of a URL; a name never is */
export function isRefused(host: string, refused: RefusedAddresses): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  if (family === 0) return false;
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  return linkLocal.check(address, kind) || (refused === 'local' && pod.check(address, kind));
}

/** @param what what led there, for the message */
export function addressRefused(what: string, address: string): StorageError {
  const kind = isRefused(address, 'link-local') ? 'a link-local or metadata address' : 'an address of the pod itself';
  return new StorageError('unsafe', `${what} refused: ${address} is ${kind}`);
}

/**
 * Node's lookup, which finds nothing at refused addresses: names are judged by what they resolve to, at the moment they are connected
 * to.
 */
export function guardedLookup(refused: RefusedAddresses): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const bad = addresses?.find(({ address }) => isRefused(address, refused));
      if (error !== null) callback(error, '');
      else if (bad !== undefined) callback(addressRefused(`connection to ${hostname}`, bad.address), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
    });
  };
}
