import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { causeText } from '../../controllers/runtime/cause-text';
import type { KubernetesClient } from '../../controllers/runtime/client';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import { runnerContainer } from '../../definitions/names/inference';
import { OrphanGuard } from '../cluster/orphan-guard';
import type { PodFate } from '../doubles/kubelet/pod-life';
import { containerEnv, containerEnvSchema } from './container-env';
import { layOut } from './pod-files';
import { localCommand, type LocalPlaces } from './storage-container';

type Pod = Stored<V1Pod>;

/** Milliseconds that a runner has to save its state, as the grace period of a pod; then it is killed. */
const graceMs = 10_000;

/** How one runner ended. */
interface RunnerEnd {
  readonly exitCode: number;
  readonly message: string;
}

export interface RunnersOptions {
  readonly places: LocalPlaces;
  readonly client: KubernetesClient;
  readonly say: (line: string) => void;
}

/**
 * Runs the pods of Jobs where there are no nodes: the runner of each is a local process with the pod's variables and the files that it
 * mounts, laid out below a directory of its own; names of Services in them become addresses of this machine, for there is no DNS.
 *
 * Limits: the first container alone; images, resources and security contexts are not looked at; NetworkPolicies don't hold.
 */
export class Runners {
  private readonly running = new Set<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }>();
  private readonly guard: OrphanGuard;

  private constructor(
    private readonly directory: string,
    private readonly options: RunnersOptions,
  ) {
    this.guard = new OrphanGuard(directory);
  }

  static async open(options: RunnersOptions): Promise<Runners> {
    return new Runners(await mkdtemp(join(tmpdir(), 'slipway-runners-')), options);
  }

  /** What becomes of a pod, one thing after the other. */
  async *fatesOf(pod: Pod, gone: AbortSignal): AsyncGenerator<PodFate, void> {
    const { say } = this.options;
    yield { fate: 'serves' };
    const end = await this.run(pod, gone).catch((error: unknown): RunnerEnd => ({
      exitCode: 128,
      message: causeText(error),
    }));
    say(`runner       ${pod.metadata.name} ended with ${end.exitCode}`);
    yield { fate: 'ends', ...end };
  }

  async stop(): Promise<void> {
    for (const { child } of this.running) child.kill('SIGTERM');
    await Promise.all([...this.running].map(({ ended }) => ended));
    await rm(this.directory, { recursive: true, force: true });
    await this.guard.release();
  }

  private async run(pod: Pod, gone: AbortSignal): Promise<RunnerEnd> {
    const container = pod.spec?.containers.find(({ name }) => name === runnerContainer);
    if (container === undefined) throw new Error(`pod ${pod.metadata.name} has no container ${runnerContainer}`);
    const directory = join(this.directory, pod.metadata.uid ?? pod.metadata.name);
    const inText = (text: string) => withAddresses(text, this.options.places.addresses);
    await layOut(pod, container.volumeMounts ?? [], directory, { client: this.options.client, inText });
    const terminationLog = join(directory, 'termination-log');
    await writeFile(terminationLog, '');
    const [program, ...args] = localCommand(container, this.options.places, directory);
    const flags = [`--termination-log=${terminationLog}`, '--metrics-addr=0'];
    const env = await this.env(pod, container, directory);
    const { exitCode, lastLine } = await this.process([program, ...args, ...flags], env, gone);
    const report = await readFile(terminationLog, 'utf8');
    await rm(directory, { recursive: true, force: true });
    return { exitCode, message: report === '' ? lastLine : report };
  }

  private async env(pod: Pod, container: V1Container, directory: string): Promise<Readonly<Record<string, string>>> {
    const { name, namespace = '', uid = '', labels = {} } = pod.metadata;
    const variables = await containerEnv(containerEnvSchema.parse(container.env), {
      fields: {
        'metadata.name': name,
        'metadata.namespace': namespace,
        'metadata.uid': uid,
        'spec.nodeName': pod.spec?.nodeName ?? 'double',
        ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`metadata.labels['${key}']`, value])),
      },
    });
    // Directories of the pod are below its own here.
    const mounted = (value: string) =>
      (container.volumeMounts ?? []).some(({ mountPath }) => mountPath === value || mountPath.startsWith(`${value}/`));
    const local = Object.entries(variables).map(([key, value]) => [
      key,
      mounted(value) ? join(directory, value) : value,
    ]);
    return { ...(Object.fromEntries(local) as Record<string, string>), TMPDIR: join(directory, 'tmp') };
  }

  private async process(
    [program = '', ...args]: readonly string[],
    env: Readonly<Record<string, string>>,
    gone: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly lastLine: string }> {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    if (child.pid !== undefined) this.guard.watch(child.pid);
    let lastLine = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => (lastLine = line));
    }
    const ended = new Promise<number>((resolve) => {
      child.once('error', (error) => (lastLine = error.message));
      // Not `exit`: what it wrote last is read first. A signal has no code of its own.
      child.once('close', (code) => resolve(code ?? 137));
    });
    const entry = { child, ended };
    this.running.add(entry);
    const stop = () => {
      child.kill('SIGTERM');
      void Promise.race([ended, delay(graceMs, undefined, { ref: false })]).then(() => child.kill('SIGKILL'));
    };
    gone.addEventListener('abort', stop, { once: true });
    if (gone.aborted) stop();
    const exitCode = await ended;
    gone.removeEventListener('abort', stop);
    this.running.delete(entry);
    return { exitCode, lastLine };
  }
}

/** `http://name.namespace.svc...` becomes what stands for it here. */
function withAddresses(text: string, addresses: ReadonlyMap<string, string>): string {
  return [...addresses].reduce((changed, [there, here]) => changed.replaceAll(there, here), text);
}
