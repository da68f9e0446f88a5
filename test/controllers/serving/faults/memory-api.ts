import { ApiConnection, type ApiRequest } from '../../../../controllers/runtime/api-connection';
import { ApiError } from '../../../../controllers/runtime/api-error';
import type { Clock } from '../../../../controllers/runtime/clock';
import type { RuntimeMetrics } from '../../../../controllers/runtime/metrics';
import { keyOf } from '../../../../controllers/runtime/object-key';
import type { Store } from '../../../../controllers/runtime/store';
import type { KubernetesObject } from '../../../../definitions/kubernetes/api-resource';

type Json = Record<string, unknown>;

/**
 * An API server without a server: keeps what is written in the stores that would watch it, at once. It validates nothing, applies by
 * replacing, and knows no watches: for tests of what a reconciler makes of odd objects, thousands of times.
 */
export class MemoryApi extends ApiConnection {
  /** Writes so far, as `PATCH inferenceservices/status`. */
  readonly writes: string[] = [];
  private readonly stores = new Map<string, Store<KubernetesObject>>();
  private readonly others = new Map<string, KubernetesObject>();
  private version = 1;

  constructor(clock: Clock, metrics: RuntimeMetrics) {
    const config = { source: 'a test', server: 'http://127.0.0.1:1', tls: {}, authenticate: async () => ({}) };
    super({ config, clock, metrics, userAgent: 'slipway/test' });
  }

  /** Objects of this kind live in a store. */
  keep<T extends KubernetesObject>(plural: string, store: Store<T>): void {
    this.stores.set(plural, store);
  }

  override async send({ method, path, body, operation, contentType }: ApiRequest): Promise<unknown> {
    const { plural, namespace, name, subresource } = placeOf(path, body);
    const found = this.find(plural, namespace, name);
    if (method === 'GET') return name === '' ? { metadata: {}, items: [] } : (found ?? this.refuse(operation));
    this.writes.push(`${method} ${subresource === undefined ? plural : `${plural}/${subresource}`}`);
    // What is sent is text: nothing may be in it that does not survive that.
    const sent = JSON.parse(JSON.stringify(body)) as Json;
    if (method === 'DELETE') {
      if (found !== undefined) this.remove(plural, found);
      return {};
    }
    if (contentType === 'application/merge-patch+json') {
      return this.put(plural, merged(found ?? this.refuse(operation), sent) as KubernetesObject);
    }
    return this.put(plural, {
      ...sent,
      metadata: { uid: `uid-${name}`, ...(sent['metadata'] as Json), namespace, name },
    });
  }

  /** Stores an object as somebody else's write. */
  put(plural: string, object: KubernetesObject): KubernetesObject {
    this.version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    const store = this.stores.get(plural);
    if (store === undefined) this.others.set(`${plural} ${keyOf(stored)}`, stored);
    else store.upsert(stored);
    return stored;
  }

  private find(plural: string, namespace: string, name: string): KubernetesObject | undefined {
    const key = keyOf({ metadata: { namespace, name } });
    const store = this.stores.get(plural);
    return store === undefined ? this.others.get(`${plural} ${key}`) : store.get(key);
  }

  private remove(plural: string, object: KubernetesObject): void {
    this.stores.get(plural)?.remove(object);
    this.others.delete(`${plural} ${keyOf(object)}`);
  }

  private refuse(operation: string): never {
    throw new ApiError(operation, { code: 404, reason: 'NotFound' });
  }
}

function placeOf(path: string, body: unknown) {
  const [segments = ''] = path.split('?');
  const [, namespace = '', plural = '', name, subresource] =
    /\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(segments) ?? [];
  const { metadata } = (body ?? {}) as Partial<KubernetesObject>;
  const written = name === undefined ? metadata?.name : decodeURIComponent(name);
  return { plural, namespace, name: written ?? '', subresource };
}

function merged(before: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const after = { ...(isMap(before) ? before : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete after[name];
    else after[name] = merged(after[name], value);
  }
  return after;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
