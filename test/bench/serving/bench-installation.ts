import { controllerCommand, controllerVariables } from '../../../charts-src/kubernetes/controller-process';
import type { ServingSettings } from '../../../definitions/config/serving';
import type { AuditLevel } from '../../cluster/audit-policy';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';
import { ServingInstallation } from '../../controllers/serving/serving-installation';
import { figuresOf, type ControllerFigures } from './controller-figures';
import { Load } from './load';
import { startStandIn } from './stand-in';

/** Flags of Node between it and the program, and those in its variables, as every controller is rendered. */
const nodeFlags = [
  ...controllerCommand.slice(1, -1),
  ...controllerVariables.flatMap(({ name, value }) => (name === 'NODE_OPTIONS' ? (value ?? '').split(' ') : [])),
];

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
    const flags = [...nodeFlags, ...this.furtherFlags];
    const controller = await this.installation.start({ ...options, nodeFlags: flags });
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

/** Waits until the controller has all that it watches, has worked this often, and has nothing more to do. */
export const idle = (controller: ControllerProcess, reconciles: number): Promise<ControllerFigures> =>
  until(controller, 'to be idle', (figures) => figures.reconciles >= reconciles && figures.inWork === 0, 300_000);

/** Waits until this many InferenceServices are ready and nothing is left to be done. */
export const allReady = (controller: ControllerProcess, count: number): Promise<ControllerFigures> =>
  until(controller, `to see ${count} ready`, ({ ready, inWork }) => ready === count && inWork === 0, 1_800_000);

const until = (
  controller: ControllerProcess,
  what: string,
  reached: (figures: ControllerFigures) => boolean,
  timeout: number,
) =>
  waitFor(
    `the controller ${what}`,
    async () => {
      if (!controller.log.some((line) => line.includes('"controllers started"'))) return undefined;
      const figures = await figuresOf(controller);
      return reached(figures) ? figures : undefined;
    },
    { timeout, interval: 300 },
  );
