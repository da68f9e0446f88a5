import type { Direction } from './network-policy';
import type { GuardedWorkload } from './traffic';

/** Directions in which no policy limits a workload. A namespace's default deny is a policy too. */
export function openDirections({ policies }: Pick<GuardedWorkload, 'policies'>): Direction[] {
  return (['Ingress', 'Egress'] as const).filter((direction) => policies[direction].length === 0);
}

/** How far a workload is limited, in a few words. */
export function stateText(guarded: Pick<GuardedWorkload, 'policies'>): string {
  const open = openDirections(guarded);
  if (open.length === 2) return 'no policy: open both ways';
  if (open.includes('Ingress')) return 'anybody may call it';
  if (open.includes('Egress')) return 'it may call anybody';
  return 'limited both ways';
}
