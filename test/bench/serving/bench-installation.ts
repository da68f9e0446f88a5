import type { ServingSettings } from '../../../definitions/config/serving';
import { servingMetrics } from '../../../definitions/metrics/serving';
import type { AuditLevel } from '../../cluster/audit-policy';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';
import { ServingInstallation } from '../../controllers/serving/serving-installation';
import { type ControllerFigures, idle, untilFigures } from '../controllers/controller-figures';
import { renderedNodeFlags } from '../controllers/node-flags';
import { Load } from './load';
import { startStandIn } from './stand-in';

/** Serving as deployed on an API server without other controllers, with a load. */
export class BenchInstallation {
  private constructor(
    readonly installation: ServingInstallation,
    readonly load: Load,
    /** Further flags of Node: `--cpu-prof`. */
    private readonly furtherFlags: readonly string[],
  ) {}

  /** @param furtherFlags of Node, for a profile */
  static async make(audit: AuditLevel, furtherFlags: readonly string[] = []): Promise<BenchInstallation> {
    const installation = await ServingInstallation.make({ controllerManager: 'off', kubelet: 'none', audit });
    return new BenchInstallation(installation, await Load.make(installation.cluster), furtherFlags);
  }

  /** Works with a controller that has come to rest, then ends it. */
  async withController<T>(
    work: (controller: ControllerProcess) => Promise<T>,
    options: { readonly settings?: ServingSettings } = {},
  ): Promise<T> {
    const nodeFlags = [...renderedNodeFlags, ...this.furtherFlags];
    const controller = await this.installation.start({ ...options, nodeFlags });
    try {
      await idle(controller, 0);
      return await work(controller);
    } finally {
      await controller.end();
    }
  }

  /** Works while a stand-in makes Deployments available. */
  async withStandIn<T>(work: () => Promise<T>): Promise<T> {
    const standIn = await startStandIn(this.installation.cluster.adminKubeconfig);
    try {
      return await work();
    } finally {
      await standIn.stop();
    }
  }

  close = (): Promise<void> => this.installation.close();
}

/** Waits until this many InferenceServices are ready and nothing is left to be done. */
export const allReady = (controller: ControllerProcess, count: number): Promise<ControllerFigures> =>
  untilFigures(
    controller,
    `to see ${count} ready`,
    ({ sum }) => sum(servingMetrics.inferenceServices.name, 'ready="true"') === count,
    1_800_000,
  );
