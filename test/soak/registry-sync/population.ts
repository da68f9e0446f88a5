import { registryKeys } from '../../../definitions/names/model-registry';
import {
  inferenceServiceOf,
  type Installation,
  type TestInferenceService,
} from '../../controllers/registry-sync/installation';

/** InferenceServices that there are most of the time: memory at the end is compared with memory after a minute. */
const target = 60;

/** Users at work: creates, changes and deletes InferenceServices, past the faults. */
export class Population {
  private readonly alive: TestInferenceService[] = [];
  private created = 0;
  /** Changes so far, by kind. */
  readonly changes = { create: 0, url: 0, version: 0, unlink: 0, relink: 0, delete: 0 };

  constructor(
    private readonly installation: Installation,
    private readonly parts: {
      readonly namespaces: readonly string[];
      /** Ids of versions of model 1. */
      readonly versions: readonly string[];
      readonly random: () => number;
    },
  ) {}

  /** One random change. */
  async change(): Promise<void> {
    const object = this.pick(this.alive);
    const chance = this.parts.random();
    if (object === undefined || this.alive.length < target) return this.create();
    if (chance < 0.45) return this.setUrl(object);
    if (chance < 0.7) return this.setLabels('version', object, { [registryKeys.modelVersionId]: this.version() });
    if (chance < 0.8) {
      const none = { [registryKeys.registeredModelId]: null, [registryKeys.inferenceServiceId]: null };
      return this.setLabels('unlink', object, none);
    }
    if (chance < 0.9) return this.setLabels('relink', object, { [registryKeys.registeredModelId]: '1' });
    return this.delete(object);
  }

  private async create(): Promise<void> {
    this.changes.create += 1;
    this.created += 1;
    const labels = { [registryKeys.modelVersionId]: this.version() };
    // Names come again, as they do when people delete and apply.
    const name = `iris-${this.created % (2 * target)}`;
    const object = inferenceServiceOf(this.pick(this.parts.namespaces) ?? '', name, { labels });
    // The one of that name may still wait for its record to be retired.
    if ((await this.installation.stored(object)) !== undefined) return;
    await this.installation.cluster.create(object);
    this.alive.push(object);
  }

  private async setUrl(object: TestInferenceService): Promise<void> {
    this.changes.url += 1;
    const url = this.parts.random() < 0.1 ? null : `https://${object.metadata.name}-${this.changes.url}.example.com`;
    await this.installation.cluster.patch(object, { status: { url } }, { subresource: 'status' });
  }

  private async setLabels(
    change: 'version' | 'unlink' | 'relink',
    object: TestInferenceService,
    labels: Readonly<Record<string, string | null>>,
  ): Promise<void> {
    this.changes[change] += 1;
    await this.installation.cluster.patch(object, { metadata: { labels } });
  }

  private async delete(object: TestInferenceService): Promise<void> {
    this.changes.delete += 1;
    this.alive.splice(this.alive.indexOf(object), 1);
    await this.installation.cluster.remove(object);
  }

  private version(): string {
    return this.pick(this.parts.versions) ?? '';
  }

  private pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.parts.random() * items.length)];
  }
}
