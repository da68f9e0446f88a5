import type { AuditEvent } from '../../cluster/audit-log';
import { idle } from '../controllers/controller-figures';
import { type Script, scriptOf } from '../controllers/script';
import { BenchInstallation } from './bench-installation';
import { runsOf } from './load';

/** What runs cost until each has its Job. */
export interface Starts {
  /** Writes and reads per run, events excepted. */
  readonly writes: number;
  readonly reads: number;
  /** What a plain client is to write in other rounds. */
  readonly scripts: ReadonlyMap<string, Script>;
}

/** Lets runs start and reads in the audit log what that took. */
export async function measureStarts(count: number): Promise<Starts> {
  const bench = await BenchInstallation.make('writes');
  const { cluster, user } = bench.installation;
  try {
    return await bench.withController(async (controller) => {
      const mark = await cluster.audit.mark();
      await bench.load.create(runsOf(count));
      await bench.load.started(count);
      await idle(controller, count);
      const events = await cluster.audit.since(mark, { user });
      // How many runs use a config is said once in a while, however many they are; events come in their own time.
      const ofRuns = events.filter(({ resource }) => resource !== 'events' && resource !== 'inferenceconfigs');
      const writes = ofRuns.filter(({ verb }) => verb === 'create' || verb === 'patch');
      return {
        writes: writes.length / count,
        reads: ofRuns.filter(({ verb }) => verb === 'get' || verb === 'list').length / count,
        scripts: scriptOf(untilStarted(writes), 'inferenceruns'),
      };
    });
  } finally {
    await bench.close();
  }
}

/** Writes up to the first status of each run, with which it has started. */
function untilStarted(writes: readonly AuditEvent[]): readonly AuditEvent[] {
  const started = new Set<string>();
  return writes.filter(({ namespace, name, subresource }) => {
    const run = `${namespace}/${name}`;
    if (subresource !== 'status') return true;
    const isFirst = !started.has(run);
    started.add(run);
    return isFirst;
  });
}
