import { configMaps } from '../../definitions/kubernetes/core-resources';
import { caBundleConfigMap, caBundleKey, servingFieldManager } from '../../definitions/names/serving';
import type { KubernetesClient } from '../runtime/client';
import type { Clock } from '../runtime/clock';
import type { ReconcileContext } from '../runtime/controller';
import type { LiveConfig } from './config/live-config';

/** A namespace's copy is compared again after this time: ConfigMaps are not watched, and an edit by hand is rare. */
const recheckMs = 600_000;
/** Certificates may be exchanged at any time; a pass over a thousand objects reads the source once. */
const sourceMs = 5_000;

/** Certificates to trust, brought from the controller's namespace to those of users, where init containers mount them. */
export class CaBundle {
  private source: { readonly name: string; readonly bundle: string; readonly readAt: number } | undefined;
  /** What each namespace was seen to have, and when. */
  private readonly copies = new Map<string, { readonly bundle: string; readonly at: number }>();

  constructor(
    private readonly client: KubernetesClient,
    private readonly clock: Clock,
    private readonly config: LiveConfig,
    private readonly managerNamespace: string,
  ) {}

  /**
   * Makes the copy in a namespace; nothing when no bundle is configured.
   *
   * @throws Error when what is configured does not exist
   */
  async ensureIn(namespace: string, { signal }: Pick<ReconcileContext, 'signal'>): Promise<void> {
    const { caBundleConfigMapName: name } = this.config.document('storageInitializer');
    if (name === '') return;
    const bundle = await this.read(name, signal);
    const now = this.clock.monotonic();
    const copy = this.copies.get(namespace);
    if (copy?.bundle === bundle && now - copy.at < recheckMs) return;
    const ref = { namespace, name: caBundleConfigMap };
    const live = await this.client.get(configMaps, ref, { signal });
    if (live?.data?.[caBundleKey] !== bundle || Object.keys(live.data).length !== 1) {
      const data = { [caBundleKey]: bundle };
      if (live === undefined) {
        await this.client.apply(
          configMaps,
          { metadata: ref, data },
          { fieldManager: servingFieldManager, force: true, signal },
        );
      } else {
        const others = Object.keys(live.data ?? {}).filter((key) => key !== caBundleKey);
        const patch = { data: { ...Object.fromEntries(others.map((key) => [key, null])), ...data } };
        await this.client.mergePatch(configMaps, ref, patch, { fieldManager: servingFieldManager, signal });
      }
    }
    this.copies.set(namespace, { bundle, at: now });
  }

  private async read(name: string, signal: AbortSignal): Promise<string> {
    const now = this.clock.monotonic();
    if (this.source?.name === name && now - this.source.readAt < sourceMs) return this.source.bundle;
    const what = 'fails to get cabundle configmap for creating to user namespace';
    const live = await this.client.get(configMaps, { namespace: this.managerNamespace, name }, { signal });
    if (live === undefined) throw new Error(`${what}: failed to get configmap ${name} from the cluster`);
    const bundle = live.data?.[caBundleKey] ?? '';
    if (bundle === '') {
      throw new Error(`${what}: specified cabundle file ${caBundleKey} not found in cabundle configmap ${name}`);
    }
    this.source = { name, bundle, readAt: now };
    return bundle;
  }
}
