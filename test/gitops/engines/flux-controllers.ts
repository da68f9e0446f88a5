import { readFile, readdir, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { downloadModule } from '../../../charts-src/import/go-module';
import { freePort } from '../../cluster/free-port';
import { OrphanGuard } from '../../cluster/orphan-guard';
import { ServerProcess } from '../../cluster/server-process';
import type { ServiceAccountIdentity } from '../../cluster/service-account';
import { type UnstructuredObject, parseObject } from '../../cluster/unstructured-object';
import { goModuleOf, goProgram, type GoProgramName } from '../../tools/go-programs';

/** Flux's controllers that sync manifests. */
const controllers = ['source-controller', 'kustomize-controller'] as const satisfies readonly GoProgramName[];

/** Every CRD of the controllers, at their own versions: a controller does not start when one of its kinds is missing. */
export async function fluxCrds(): Promise<UnstructuredObject[]> {
  const crds = await Promise.all(controllers.map(crdsOf));
  return crds.flat();
}

async function crdsOf(name: (typeof controllers)[number]): Promise<UnstructuredObject[]> {
  const module = `github.com/fluxcd/${name}`;
  const sums = await readFile(join(goModuleOf(name), 'go.sum'), 'utf8');
  const [, version, sum] = new RegExp(`^${module} (v[^ /]+) (h1:.*)$`, 'm').exec(sums) ?? [];
  if (version === undefined || sum === undefined)
    throw new Error(`reading crds of ${module}: not in test/tools/flux/go.sum`);
  const folder = join(await downloadModule({ module, version, sum }), 'config', 'crd', 'bases');
  const texts = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => loadAll(text)).map(parseObject);
}

/** source-controller and kustomize-controller as processes of this machine. */
export class FluxControllers {
  private constructor(
    private readonly directory: string,
    private readonly guard: OrphanGuard,
    private readonly processes: readonly ServerProcess[],
  ) {}

  /**
   * Starts both, acting as an identity, looking at the Flux objects of all namespaces. Artifacts are served on loopback.
   * Their CRDs have to be installed.
   */
  static async start(identity: ServiceAccountIdentity): Promise<FluxControllers> {
    const paths = {
      source: await goProgram('source-controller'),
      kustomize: await goProgram('kustomize-controller'),
    };
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'slipway-flux-'));
    const guard = new OrphanGuard(directory);
    const storage = `127.0.0.1:${await freePort()}`;
    const common = ['--metrics-addr=0', '--watch-all-namespaces=true', '--requeue-dependency=1s', '--log-level=info'];
    const start = async (name: string, program: string, flags: readonly string[]) => {
      const home = join(directory, name);
      await mkdir(home);
      // The controllers take the cluster from the environment only. What they unpack goes below TMPDIR.
      const environment = [
        `KUBECONFIG=${identity.kubeconfig}`,
        `RUNTIME_NAMESPACE=${identity.namespace}`,
        `TMPDIR=${home}`,
      ];
      const args = ['-i', `PATH=${process.env['PATH'] ?? ''}`, `HOME=${home}`, ...environment, program, ...flags];
      return new ServerProcess(name, '/usr/bin/env', args, join(directory, `${name}.log`), guard);
    };
    const health = async () => `--health-addr=127.0.0.1:${await freePort()}`;
    const artifacts = [
      `--storage-path=${join(directory, 'source-controller')}`,
      `--storage-addr=${storage}`,
      `--storage-adv-addr=${storage}`,
    ];
    return new FluxControllers(directory, guard, [
      await start('source-controller', paths.source, [...common, ...artifacts, await health()]),
      await start('kustomize-controller', paths.kustomize, [...common, await health()]),
    ]);
  }

  /** The end of both logs, and which of them has ended, for the message of a failed wait. */
  async lastLines(): Promise<string> {
    const ends = this.processes.map(async (one) => `${one.name} ${one.ended ?? 'runs'}:\n${await one.lastLines(15)}`);
    return (await Promise.all(ends)).join('\n');
  }

  /** Kills both and removes what they stored. */
  async stop(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.stop()));
    await rm(this.directory, { recursive: true, force: true });
    await this.guard.release();
  }
}
