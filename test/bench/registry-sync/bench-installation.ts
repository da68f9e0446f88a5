import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryServiceName, serviceAddressAnnotations } from '../../../definitions/names/model-registry';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';
import { Installation, type StartOptions } from '../../controllers/registry-sync/installation';
import { deployed } from './deployed';
import { Load } from './load';
import { startRegistryProcess, type RegistryProcess } from './registry';

/** A controller at work, and the registry it works with. */
export interface BenchRun {
  readonly controller: ControllerProcess;
  readonly registry: RegistryProcess;
  /** Milliseconds since the epoch at which its workers started. */
  readonly startedAtMs: number;
}

/** Registry sync as deployed, with a load and with registries that come and go. */
export class BenchInstallation {
  readonly load: Load;

  private constructor(
    readonly installation: Installation,
    private readonly compileCache: string,
  ) {
    this.load = new Load(installation);
  }

  static async make(): Promise<BenchInstallation> {
    // Any port of this machine: each registry has another one.
    const settings = { registry: { trustedHosts: ['127.0.0.1'] } };
    const installation = await Installation.make(settings, { audit: 'off' });
    return new BenchInstallation(installation, await mkdtemp(join(tmpdir(), 'slipway-compile-cache-')));
  }

  /** What {@link Installation.start} needs to start the container as it is rendered. */
  get deployed(): StartOptions {
    return deployed(this.compileCache);
  }

  /** Access to the API server as the controller has it. */
  async apiServer(): Promise<{ readonly url: string; readonly ca: string; readonly token: string }> {
    const { cluster, serviceAccountDirectory } = this.installation;
    return { url: cluster.url, ca: cluster.ca, token: await readFile(join(serviceAccountDirectory, 'token'), 'utf8') };
  }

  /** Works with a controller and a fresh registry, then ends both. */
  async withController<T>(latencyMs: number, work: (run: BenchRun) => Promise<T>): Promise<T> {
    const registry = await startRegistryProcess(latencyMs);
    await this.pointTo(registry.url);
    const controller = await this.installation.start(this.deployed);
    try {
      const startedAtMs = await waitFor('the controller to work', () => startOfWork(controller.log));
      return await work({ controller, registry, startedAtMs });
    } finally {
      await controller.end();
      await registry.stop();
    }
  }

  async close(): Promise<void> {
    await this.installation.close();
    await rm(this.compileCache, { recursive: true, force: true });
  }

  private async pointTo(url: string): Promise<void> {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: registryServiceName, namespace: 'kubeflow' },
    };
    const annotations = { [serviceAddressAnnotations[0]]: url };
    await this.installation.cluster.patch(service, { metadata: { annotations } });
  }
}

function startOfWork(log: readonly string[]): number | undefined {
  const line = log.find((candidate) => candidate.includes('"controllers started"'));
  const time = line === undefined ? undefined : /"ts":"([^"]+)"/.exec(line)?.[1];
  return time === undefined ? undefined : Date.parse(time);
}
