import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { ApiResource } from '../../definitions/kubernetes/api-resource';
import { ApiError } from '../../controllers/runtime/api-error';
import type { ApiConnection } from '../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../controllers/runtime/client';
import { nameOf, type Manifest } from './manifests';

/** Field manager of everything that `npm start` applies. */
const fieldManager = 'slipway-start';

/** Longest time a new CustomResourceDefinition may take to be served, milliseconds. */
const establishMs = 30_000;

/** Longest time that an object of an earlier run may take to go, milliseconds: a namespace takes what is in it along. */
const goneMs = 120_000;

/** Longest time that a webhook may take to be there, milliseconds; with faults it loses its API server now and then. */
const answerMs = 60_000;
const tryAgainMs = 500;

/** Time between two looks at an object that is waited for, milliseconds. */
const lookAgainMs = 50;

const resourceListSchema = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});
const crdSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish() }).optional(),
});

/**
 * Applies manifests as a GitOps tool does: server-side, in the order given, waiting for definitions before their objects. What
 * was not there before is remembered and can be taken away again; what was there is left alone on a cluster that is not ours.
 */
export class ClusterApplier {
  private readonly client: KubernetesClient;
  private readonly created: Manifest[] = [];
  private readonly resources = new Map<string, ApiResource>();

  constructor(
    private readonly connection: ApiConnection,
    private readonly options: { readonly keepExisting: boolean },
  ) {
    this.client = new KubernetesClient(connection);
  }

  /** Applies one object; whether it was new, changed, or left alone. */
  async apply(manifest: Manifest): Promise<'created' | 'configured' | 'left alone'> {
    const resource = await this.resourceOf(manifest);
    const existing = await this.staying(resource, manifest);
    if (existing !== undefined && this.options.keepExisting) return 'left alone';
    await this.applyUntilTaken(resource, manifest);
    if (existing === undefined) this.created.push(manifest);
    if (manifest.kind === 'CustomResourceDefinition') await this.established(resource, manifest);
    return existing === undefined ? 'created' : 'configured';
  }

  /**
   * Deletes those of the objects that this applier created, and waits until they are gone.
   *
   * @returns the names of those that are still there after {@link goneMs}
   */
  async removeAndWait(manifests: readonly Manifest[]): Promise<readonly string[]> {
    const ours = this.created.filter((manifest) => manifests.includes(manifest));
    for (const manifest of ours) await this.client.delete(await this.resourceOf(manifest), manifest.metadata);
    const deadline = Date.now() + goneMs;
    for (;;) {
      const left: string[] = [];
      for (const manifest of ours) {
        const object = await this.client.get(await this.resourceOf(manifest), manifest.metadata);
        if (object?.metadata.deletionTimestamp !== undefined) left.push(nameOf(manifest));
      }
      if (left.length === 0 || Date.now() > deadline) return left;
      await delay(lookAgainMs);
    }
  }

  /** Deletes what this applier created, last first. */
  async removeCreated(): Promise<void> {
    for (const manifest of this.created.splice(0).reverse()) {
      await this.client.delete(await this.resourceOf(manifest), manifest.metadata);
    }
  }

  /** Tries again while the API server or a webhook can't answer, as GitOps tools do: a controller that starts has no answer yet. */
  private async applyUntilTaken(resource: ApiResource, manifest: Manifest): Promise<void> {
    const deadline = Date.now() + answerMs;
    for (;;) {
      try {
        await this.client.apply(resource, manifest, { fieldManager, force: true });
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status < 500 || Date.now() > deadline) throw error;
      }
      await delay(tryAgainMs);
    }
  }

  /** The object as it is there, once one that is being deleted is gone: a namespace that goes takes nothing new. */
  private async staying(resource: ApiResource, manifest: Manifest) {
    const deadline = Date.now() + goneMs;
    for (;;) {
      const existing = await this.client.get(resource, manifest.metadata);
      if (existing?.metadata.deletionTimestamp === undefined) return existing;
      if (Date.now() > deadline) throw new Error(`${nameOf(manifest)} is still being deleted after ${goneMs / 1000} s`);
      await delay(lookAgainMs);
    }
  }

  private async established(resource: ApiResource, manifest: Manifest): Promise<void> {
    const deadline = Date.now() + establishMs;
    for (;;) {
      const { status } = crdSchema.parse(await this.client.get(resource, manifest.metadata));
      if (status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True')) return;
      if (Date.now() > deadline)
        throw new Error(`${nameOf(manifest)} was not established within ${establishMs / 1000} s`);
      await delay(lookAgainMs);
    }
  }

  /** How the API server serves a kind, from its own discovery. */
  private async resourceOf({ apiVersion, kind }: Manifest): Promise<ApiResource> {
    const key = `${apiVersion} ${kind}`;
    const known = this.resources.get(key);
    if (known !== undefined) return known;
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const answer = await this.connection.send({ method: 'GET', path, operation: `discovering ${apiVersion}` });
    const found = resourceListSchema
      .parse(answer)
      .resources.find(({ name, kind: other }) => other === kind && !name.includes('/'));
    if (found === undefined) throw new Error(`the API server does not serve ${kind} in ${apiVersion}`);
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const scope = found.namespaced ? 'Namespaced' : 'Cluster';
    const resource: ApiResource = { group, version, kind, plural: found.name, scope };
    this.resources.set(key, resource);
    return resource;
  }
}
