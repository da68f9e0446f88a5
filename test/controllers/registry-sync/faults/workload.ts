import { registryKeys } from '../../../../definitions/names/model-registry';
import type { ControllerProcess } from '../controller-process';
import { inferenceServiceOf, type Installation, type TestInferenceService } from '../installation';
import { atRest } from './oracle';

/** InferenceServices that are linked before a fault, and what users do to them during it: one change of each sort. */
export class Workload {
  private constructor(
    private readonly installation: Installation,
    readonly namespace: string,
    readonly standing: TestInferenceService,
    private readonly leaving: TestInferenceService,
  ) {}

  /** Waits for the controller to be at rest: a fault that takes the answer to a write from it makes it write twice, rightly. */
  static async linked(installation: Installation, controller: ControllerProcess, prefix: string): Promise<Workload> {
    const namespace = await installation.cluster.namespace(prefix);
    const standing = inferenceServiceOf(namespace, 'standing');
    const leaving = inferenceServiceOf(namespace, 'leaving');
    for (const object of [standing, leaving]) await installation.cluster.create(object);
    for (const object of [standing, leaving]) await installation.linked(object);
    await atRest(controller);
    return new Workload(installation, namespace, standing, leaving);
  }

  /** Creates one, changes labels and status of another, deletes a third. May be called once. */
  async change(): Promise<void> {
    const { cluster } = this.installation;
    await cluster.create(inferenceServiceOf(this.namespace, 'fresh'));
    await cluster.patch(this.standing, { metadata: { labels: { [registryKeys.modelVersionId]: '2' } } });
    await this.publish('https://changed.example.com');
    await cluster.remove(this.leaving);
  }

  /** Sets the URL in the status of the one that stays. */
  async publish(url: string): Promise<void> {
    await this.installation.cluster.patch(this.standing, { status: { url } }, { subresource: 'status' });
  }
}
