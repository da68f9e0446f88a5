import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { ServiceAccountIdentity } from '../../cluster/service-account';
import { goProgram } from '../../tools/go-programs';
import type { Commit } from './git-server';

const run = promisify(execFile);

const objectFields = { group: z.string(), kind: z.string(), namespace: z.string(), name: z.string() };

const resourceSchema = z.object({
  ...objectFields,
  wave: z.int(),
  sync: z.string(),
  health: z.string(),
  healthMessage: z.string(),
  requiresPruning: z.boolean(),
  drift: z.string(),
});

const operationSchema = z.object({
  phase: z.string(),
  message: z.string(),
  waves: z.array(z.object({ phase: z.string(), wave: z.int() })).nullable(),
  resources: z.array(z.object({ ...objectFields, status: z.string(), phase: z.string(), message: z.string() })),
});

const applicationSchema = z.object({
  name: z.string(),
  sync: z.string(),
  health: z.string(),
  conditions: z.array(z.string()),
  resources: z
    .array(resourceSchema)
    .nullable()
    .transform((resources) => resources ?? []),
  operation: operationSchema.optional(),
});

const answerSchema = z.object({ applications: z.array(applicationSchema) });

/** What Argo CD finds out about an Application: sync and health, of the whole and of each object. */
export type ApplicationReport = z.output<typeof applicationSchema>;

/** Argo CD's comparison, sync and health, as one program for one run (test/tools/argo). */
export class Argo {
  private constructor(
    private readonly program: string,
    private readonly identity: ServiceAccountIdentity,
  ) {}

  /** The program, built if need be, acting as an identity in whose namespace Argo CD's objects are. */
  static async as(identity: ServiceAccountIdentity): Promise<Argo> {
    return new Argo(await goProgram('argo'), identity);
  }

  /** Looks at an Application and those it brought about, and changes nothing. */
  compare(commit: Commit, application: string): Promise<ArgoReport> {
    return this.run('compare', commit, application);
  }

  /**
   * Syncs an Application and, as they appear, those it brings about, until all are synced and healthy.
   *
   * @param seconds each of them may take
   */
  sync(commit: Commit, application: string, { seconds = 45 } = {}): Promise<ArgoReport> {
    return this.run('sync', commit, application, seconds);
  }

  private async run(verb: string, { checkout, sha }: Commit, application: string, seconds = 0): Promise<ArgoReport> {
    const { kubeconfig, namespace } = this.identity;
    const flags = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`, `--checkout=${checkout}`];
    const args = [...flags, `--revision=${sha}`, `--timeout=${seconds}s`, verb, application];
    const { stdout } = await run(this.program, args, { maxBuffer: 64 * 1024 * 1024 });
    return new ArgoReport(answerSchema.parse(JSON.parse(stdout)).applications);
  }
}

/** What one run found out about an Application and those below it. */
export class ArgoReport {
  /** @param applications the root first, then the others in the order in which they were synced */
  constructor(readonly applications: readonly ApplicationReport[]) {}

  /** `SYNC, HEALTH` of each Application. */
  get states(): Record<string, string> {
    return Object.fromEntries(this.applications.map(({ name, sync, health }) => [name, `${sync}, ${health}`]));
  }

  /** Everything that was said against the Applications or the operation. */
  get complaints(): string[] {
    return this.applications.flatMap(({ conditions, operation }) => [
      ...conditions,
      ...(operation === undefined || operation.phase === 'Succeeded' ? [] : [operation.message]),
      ...(operation?.resources ?? [])
        .filter(({ status }) => status !== 'Synced' && status !== 'Pruned')
        .map((result) => `${nameOf(result)} ${result.status}: ${result.message}`),
    ]);
  }

  /** Objects that are not as rendered, with the patch that would make them so; null where one of the two is missing. */
  get drift(): Record<string, unknown> {
    const drifted = this.applications.flatMap(({ resources }) => resources).filter(({ sync }) => sync === 'OutOfSync');
    return Object.fromEntries(
      drifted.map((one) => [nameOf(one), one.drift === '' ? null : (JSON.parse(one.drift) as unknown)]),
    );
  }

  /** Health of each object that has any. */
  get health(): Record<string, string> {
    const judged = this.applications.flatMap(({ resources }) => resources).filter(({ health }) => health !== '');
    return Object.fromEntries(judged.map((one) => [nameOf(one), one.health]));
  }

  /** @throws when the run did not look at the Application */
  of(application: string): ApplicationReport {
    const found = this.applications.find(({ name }) => name === application);
    if (found === undefined) throw new Error(`no report of Application ${application}`);
    return found;
  }
}

/** `Kind namespace/name`, or `Kind name` for what is of the cluster. */
function nameOf({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}) {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
