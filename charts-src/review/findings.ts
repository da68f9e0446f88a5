import type { ReviewedImage } from './images';
import type { Grantee } from './permissions';
import { openDirections, stateText } from './traffic/state';
import type { Traffic } from './traffic/traffic';

/** Something that a reviewer should look at first. */
export interface Finding {
  readonly level: 'high' | 'notice';
  readonly environment: string;
  readonly text: string;
  /** Section with the details. */
  readonly section: 'permissions' | 'traffic' | 'images';
}

/** What findings are drawn from, for one environment. */
export interface FindingSource {
  readonly name: string;
  readonly grantees: readonly Grantee[];
  readonly traffic: Traffic;
}

/** What to look at first, risky things before others, otherwise in the order of environments. */
export function findingsOf(environments: readonly FindingSource[], images: readonly ReviewedImage[]): Finding[] {
  const found = environments.flatMap((environment) => [
    ...permissionFindings(environment),
    ...trafficFindings(environment),
    ...imageFindings(environment, images),
  ]);
  return [...found.filter(({ level }) => level === 'high'), ...found.filter(({ level }) => level === 'notice')];
}

function permissionFindings({ name, grantees }: FindingSource): Finding[] {
  return grantees.flatMap(({ subject = 'a role for others to bind', permissions }) =>
    permissions.flatMap(({ resource, risks }) =>
      risks.map(({ level, meaning }): Finding => ({
        level,
        environment: name,
        text: `${subject} ${meaning} (${resource})`,
        section: 'permissions',
      })),
    ),
  );
}

function trafficFindings({ name, traffic }: FindingSource): Finding[] {
  const finding = (level: Finding['level'], text: string): Finding => ({
    level,
    environment: name,
    text,
    section: 'traffic',
  });
  const titles = new Map(traffic.outsiders.map(({ id, title }) => [id, title]));
  const blocked = traffic.flows.filter(({ verdict }) => verdict !== 'allowed');
  const open = traffic.workloads.filter((guarded) => openDirections(guarded).length > 0);
  return [
    ...blocked.map(({ from, to, ports, verdict }) =>
      finding(
        'high',
        `${titles.get(from) ?? from} can't reach ${titles.get(to) ?? to} at ${ports.join(', ')}: one end allows it, the other has no ${verdict === 'no egress' ? 'egress' : 'ingress'} rule for it`,
      ),
    ),
    ...open.map((guarded) => finding('notice', `${guarded.id}: ${stateText(guarded)}`)),
    ...traffic.idlePolicies.map((policy) => finding('notice', `NetworkPolicy ${policy} selects no rendered pod`)),
  ];
}

function imageFindings({ name }: FindingSource, images: readonly ReviewedImage[]): Finding[] {
  return images
    .filter(({ pinned, uses }) => !pinned && uses.some(({ environment }) => environment === name))
    .map(({ reference }) => ({
      level: 'notice' as const,
      environment: name,
      text: `${reference} is pinned by its tag only`,
      section: 'images' as const,
    }));
}
