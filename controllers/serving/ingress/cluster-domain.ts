/** Domain of a cluster whose nodes don't say otherwise. */
export const defaultClusterDomain = 'cluster.local';

/**
 * Domain under which Services have their names (`<service>.<namespace>.svc.<domain>`): what the search list of a pod's
 * resolv.conf says, else the variable `CLUSTER_DOMAIN`, else `cluster.local`.
 *
 * @param resolvConf content of `/etc/resolv.conf`, `''` where there is none
 */
export function clusterDomainOf(
  resolvConf: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): string {
  const searched = resolvConf
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([keyword]) => keyword === 'search')
    .flatMap(([, ...domains]) => domains)
    .find((domain) => domain.startsWith('svc.') && domain.length > 'svc.'.length);
  if (searched !== undefined) return searched.slice('svc.'.length).replace(/\.$/, '');
  const given = environment['CLUSTER_DOMAIN'];
  return given === undefined || given === '' ? defaultClusterDomain : given;
}
