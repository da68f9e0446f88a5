import { inferenceGroup } from '../../../definitions/names/inference';
import { attemptJobName, runCronJobName } from '../../../controllers/inference-runs/job-name';
import type { ObjectReference } from '../../cluster/unstructured-object';
import { waitFor } from '../../cluster/wait-for';
import { logOf } from '../../doubles/kubelet/node-with-logs';
import { configOf, type RunInstallation, runOf, type Written } from './run-installation';

/** Something that users see, and the permissions without which it does not happen. */
export interface Scenario {
  readonly name: string;
  readonly needs: readonly string[];
  /** Told once and never again: what was refused does not come later, only for the next one. */
  readonly lost?: boolean;
  /** What has to be there before the permission is taken away. */
  prepare?(namespace: string): Promise<unknown>;
  /** Brings about what the controller has to react to. @returns whether it has */
  act(namespace: string): Promise<() => Promise<boolean>>;
}

const never = '0 0 1 1 *';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'theirs', image: 'theirs' }] } };

/** What users do and see while a controller runs: each uses the one run of its namespace. */
export class Scenarios {
  constructor(private readonly installation: RunInstallation) {}

  readonly all: readonly Scenario[] = [
    {
      name: 'runs what a run asks for',
      needs: [
        `${inferenceGroup}/inferenceruns patch`,
        `${inferenceGroup}/inferenceruns/status patch`,
        `${inferenceGroup}/inferenceruns/finalizers update`,
        '/configmaps create',
        '/configmaps patch',
        'batch/jobs create',
      ],
      act: async (namespace) => {
        const run = await this.create(namespace);
        return () => this.isIn(run, 'Running');
      },
    },
    {
      name: 'says on a config that it can be used',
      needs: [`${inferenceGroup}/inferenceconfigs/status patch`],
      act: async (namespace) => {
        const config = configOf(namespace, 'iris');
        await this.installation.cluster.create(config);
        return async () => JSON.stringify(await this.installation.cluster.get(config)).includes('"Ready"');
      },
    },
    {
      name: 'hands parameters of a ConfigMap on',
      needs: ['/configmaps get'],
      act: async (namespace) => {
        const metadata = { name: 'theirs', namespace };
        await this.installation.cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { rows: '3' } });
        const run = await this.create(namespace, { parametersFrom: [{ configMapRef: { name: 'theirs' } }] });
        return () => this.isIn(run, 'Running');
      },
    },
    {
      name: 'says that it needs the name of somebody else’s Job',
      needs: ['batch/jobs get'],
      prepare: (namespace) =>
        this.take(namespace, {}, (run) => ({
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { namespace, name: attemptJobName(run, 1) },
          spec: { suspend: true, template },
        })),
      act: (namespace) => this.taken(namespace),
    },
    {
      name: 'says that it needs the name of somebody else’s CronJob',
      needs: ['batch/cronjobs get'],
      prepare: (namespace) =>
        this.take(namespace, { schedule: never }, (run) => ({
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { namespace, name: runCronJobName(run) },
          spec: { schedule: never, jobTemplate: { spec: { template } } },
        })),
      act: (namespace) => this.taken(namespace),
    },
    {
      name: 'holds a Job back',
      needs: ['batch/jobs patch'],
      act: async (namespace) => {
        const run = await this.create(namespace);
        await this.installation.phase(run, 'Running');
        await this.installation.cluster.patch(run, { spec: { suspend: true } });
        return () => this.isIn(run, 'Suspended');
      },
    },
    {
      name: 'executes a run on its schedule',
      needs: ['batch/cronjobs create', 'batch/cronjobs patch'],
      act: async (namespace) => {
        const run = await this.create(namespace, { schedule: never });
        return () => this.isIn(run, 'Scheduled');
      },
    },
    {
      name: 'lets a deleted run go, with what was made for it',
      needs: ['batch/jobs delete', '/configmaps delete'],
      act: async (namespace) => {
        const run = await this.create(namespace);
        await this.installation.phase(run, 'Running');
        await this.installation.cluster.remove(run);
        return async () => (await this.isGone(run)) && (await this.nothingIsLeft(namespace));
      },
    },
    {
      name: 'ends the schedule of a deleted run',
      needs: ['batch/cronjobs delete'],
      act: async (namespace) => {
        const run = await this.create(namespace, { schedule: never });
        await this.installation.phase(run, 'Scheduled');
        await this.installation.cluster.remove(run);
        return async () => (await this.isGone(run)) && (await this.nothingIsLeft(namespace));
      },
    },
    {
      name: 'deletes a finished run where its config wants that',
      needs: [`${inferenceGroup}/inferenceruns delete`],
      act: async (namespace) => {
        this.installation.fates.set('iris', [{ fate: 'ends', exitCode: 0 }]);
        const run = await this.create(
          namespace,
          {},
          { autoDeletePolicy: 'DeleteOnCompletion', autoDeleteDelaySeconds: 0 },
        );
        return () => this.isGone(run);
      },
    },
    {
      name: 'keeps the last lines of a runner that failed',
      needs: ['/pods/log get'],
      lost: true,
      act: async (namespace) => {
        this.installation.fates.set('iris', [{ fate: 'ends', exitCode: 2 }]);
        const run = await this.create(namespace);
        await this.installation.phase(run, 'Failed');
        return async () => {
          const { failure } = await this.installation.status(run);
          const pods = (await this.installation.pods(namespace)).map(({ metadata }) => metadata?.name ?? '');
          return pods.some((pod) => logOf(namespace, pod, 'inference').trim() === failure?.logTail);
        };
      },
    },
    {
      name: 'tells users what happened',
      needs: ['events.k8s.io/events create'],
      lost: true,
      act: async (namespace) => {
        const run = runOf(namespace, 'iris');
        await this.installation.cluster.create(run);
        return async () => (await this.installation.eventsOn(run)).length > 0;
      },
    },
  ];

  /** Takes away what a scenario left. */
  async clear(namespace: string): Promise<void> {
    this.installation.fates.clear();
    const run = runOf(namespace, 'iris');
    await this.installation.cluster.remove(run);
    await this.installation.cluster.remove(configOf(namespace, 'iris'));
    await this.installation.gone(run, 40_000);
  }

  private async create(namespace: string, spec: object = {}, config: object = {}): Promise<Written> {
    const run = runOf(namespace, 'iris', spec);
    await this.installation.cluster.create(configOf(namespace, 'iris', config));
    await this.installation.cluster.create(run);
    return run;
  }

  /** A run that waits for its config, the name of whose object somebody else takes meanwhile. */
  private async take(
    namespace: string,
    spec: object,
    foreign: (run: { readonly metadata: { readonly name: string; readonly uid: string } }) => ObjectReference,
  ): Promise<void> {
    const run = runOf(namespace, 'iris', spec);
    await this.installation.cluster.create(run);
    await this.installation.phase(run, 'Blocked');
    const stored = await this.installation.run(run);
    if (stored === undefined) throw new Error('the run is gone');
    await this.installation.cluster.create(foreign(stored));
  }

  /** Lets such a run begin. @returns whether it says that it can't */
  private async taken(namespace: string): Promise<() => Promise<boolean>> {
    await this.installation.cluster.create(configOf(namespace, 'iris'));
    const run = runOf(namespace, 'iris');
    return async () => (await this.installation.status(run)).failure?.reason === 'NameConflict';
  }

  private async isIn(run: Written, phase: string): Promise<boolean> {
    return (await this.installation.status(run)).phase === phase;
  }

  private async isGone(run: Written): Promise<boolean> {
    return (await this.installation.cluster.find(run)) === undefined;
  }

  private async nothingIsLeft(namespace: string): Promise<boolean> {
    const { installation } = this;
    const left = [
      await installation.jobs(namespace),
      await installation.cronJobs(namespace),
      await installation.configMaps(namespace),
    ];
    await waitFor('pods to be gone', async () => (await installation.pods(namespace)).length === 0);
    return left.flat().length === 0;
  }
}
