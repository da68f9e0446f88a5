import { type Entry, components } from './entry';

/** One line: how many entries are tested, have nothing to run, and are pending, the last per component. */
export function tally(entries: readonly Entry[]): string {
  const statuses = entries.map(({ status }) => status);
  const count = (state: Entry['status']['state']): number => statuses.filter((status) => status.state === state).length;
  const pending = components.flatMap((component) => {
    const waiting = statuses.filter((status) => status.state === 'pending' && status.component === component);
    return waiting.length > 0 ? [`${component} ${waiting.length}`] : [];
  });
  const partly = statuses.filter((status) => status.state === 'tested' && status.untested !== undefined).length;
  return (
    `documents: ${entries.length} blocks, ${count('tested')} tested (${partly} of them in part), ` +
    `${count('nothing to run')} with nothing to run, ${count('pending')} pending` +
    (pending.length > 0 ? ` (${pending.join(', ')})` : '')
  );
}
