import { inferenceRunsMetrics } from '../../../definitions/metrics/inference-runs';
import type { RunPhase } from '../../../definitions/names/inference';
import type { AuditLevel } from '../../cluster/audit-policy';
import { RunInstallation } from '../../controllers/inference-runs/run-installation';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';
import { type ControllerFigures, idle, untilFigures } from '../controllers/controller-figures';
import { renderedNodeFlags } from '../controllers/node-flags';
import { Load } from './load';
import { settings } from './options';

/** The controller of inference runs as deployed, on an API server without other controllers and nodes, with a load. */
export class BenchInstallation {
  private constructor(
    readonly installation: RunInstallation,
    readonly load: Load,
    /** Further flags of Node: `--cpu-prof`. */
    private readonly furtherFlags: readonly string[],
  ) {}

  /** @param furtherFlags of Node, for a profile */
  static async make(audit: AuditLevel, furtherFlags: readonly string[] = []): Promise<BenchInstallation> {
    const installation = await RunInstallation.make({ controllerManager: 'off', kubelet: 'none', audit });
    return new BenchInstallation(installation, await Load.make(installation.cluster), furtherFlags);
  }

  /**
   * Works with a controller that has come to rest, then ends it.
   *
   * @param pollingSeconds `POLLING_INTERVAL`. @default as long as a process of the bench never lives
   */
  async withController<T>(work: (controller: ControllerProcess) => Promise<T>, pollingSeconds = 3600): Promise<T> {
    const controller = await this.installation.start({
      settings,
      env: { POLLING_INTERVAL: String(pollingSeconds) },
      nodeFlags: [...renderedNodeFlags, ...this.furtherFlags],
    });
    try {
      await idle(controller, 0);
      return await work(controller);
    } finally {
      await controller.end();
    }
  }

  close = (): Promise<void> => this.installation.close();
}

/** Waits until this many runs are in a phase and nothing is left to be done. */
export const allIn = (phase: RunPhase, controller: ControllerProcess, count: number): Promise<ControllerFigures> =>
  untilFigures(
    controller,
    `to see ${count} runs ${phase}`,
    ({ sum }) => sum(inferenceRunsMetrics.runs.name, `phase="${phase}"`) === count,
    600_000,
  );
