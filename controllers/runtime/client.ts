import { apiVersionOf, type ApiResource, type KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { pods } from '../../definitions/kubernetes/core-resources';
import type { ApiConnection, ApiRequest } from './api-connection';
import { ApiError } from './api-error';
import { collectionName, collectionPath, objectName, objectPath, queryString, requireScope } from './api-path';
import type { ObjectRef } from './object-key';
import type { WatchEvent } from './watch-event';
import { watchEvents } from './watch-stream';

/** What every request can have. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the complete answer must be here. @default 30000 */
  readonly timeoutMs?: number | undefined;
}

/** Which objects of a kind are meant. */
export interface Selection {
  /** @default all namespaces */
  readonly namespace?: string | undefined;
  /** `component=model-registry,tier in (a, b)` */
  readonly labelSelector?: string | undefined;
  /** `metadata.name=iris` */
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection, RequestOptions {
  /** Objects on a page. @default all on one page */
  readonly limit?: number | undefined;
  /** `metadata.continue` of the page before. */
  readonly continue?: string | undefined;
}

export interface WatchOptions extends Selection {
  /** Events after this version are sent. */
  readonly resourceVersion: string;
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Called for all that arrives, also for a part of an event. */
  readonly onBytes?: () => void;
  /** Ends the watch; must abort when the caller is done with it. */
  readonly signal: AbortSignal;
}

/** One page of a list, as the API server returns it (client-node's types call the token `_continue`). */
export interface ListPage<T extends KubernetesObject> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** An object to be sent: named; members that the server fills in may be absent. `apiVersion` and `kind` are added. */
export type ObjectToSend<T extends KubernetesObject> = Partial<Omit<T, 'metadata'>> & Pick<T, 'metadata'>;

export interface WriteOptions extends RequestOptions {
  /** `status`, `scale` ... */
  readonly subresource?: string | undefined;
  /** Owner of the written fields in managedFields. */
  readonly fieldManager?: string | undefined;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take over fields that another manager has set. @default false */
  readonly force?: boolean;
}

export interface MergePatchOptions extends WriteOptions {
  /** Refuses the patch (409) when the object has another version: needed where the patch replaces a list. */
  readonly resourceVersion?: string | undefined;
}

export interface DeleteOptions extends RequestOptions {
  /** Refuses the deletion (409) of another object of the same name. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** @default that of the kind: Background for nearly all */
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
  /** Seconds that the object has to end; 0: it goes at once. @default that of the object */
  readonly gracePeriodSeconds?: number | undefined;
}

export interface LogOptions extends RequestOptions {
  readonly container: string;
  /** Lines from the end. */
  readonly tailLines: number;
}

/** Most bytes of a log that are read. */
const longestLog = 64 * 1024;

/**
 * The Kubernetes API in the words of `ApiResource`.
 *
 * Answers have the type of the resource and are not parsed again: the API server has validated them. Errors are those of
 * {@link ApiConnection}; their message says what was done to which object.
 *
 * Guarantee: `undefined` for an object means a genuine 404.
 *
 * Caveat: a write whose answer got lost may have happened; writes are made so that doing them again does no harm.
 */
export class KubernetesClient {
  constructor(private readonly connection: ApiConnection) {}

  /** @returns undefined when the object does not exist; a kind that the server does not know is an error */
  async get<T extends KubernetesObject>(
    resource: ApiResource<T>,
    ref: ObjectRef,
    options: RequestOptions = {},
  ): Promise<T | undefined> {
    const operation = `getting ${objectName(resource, ref)}`;
    try {
      return await this.send<T>({ ...request(options), method: 'GET', path: objectPath(resource, ref), operation });
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) return undefined;
      throw error;
    }
  }

  /** One page of objects; the next one is there when `metadata.continue` is set. */
  async list<T extends KubernetesObject>(resource: ApiResource<T>, options: ListOptions = {}): Promise<ListPage<T>> {
    const { namespace, labelSelector, fieldSelector, limit } = options;
    const query = queryString({ labelSelector, fieldSelector, limit, continue: options.continue });
    const operation = `listing ${collectionName(resource, namespace)}`;
    return this.send<ListPage<T>>({
      ...request(options),
      method: 'GET',
      path: collectionPath(resource, namespace) + query,
      operation,
    });
  }

  async create<T extends KubernetesObject>(
    resource: ApiResource<T>,
    object: ObjectToSend<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace } = object.metadata;
    requireScope(resource, namespace);
    const path = collectionPath(resource, namespace) + queryString({ fieldManager: options.fieldManager });
    const operation = `creating ${objectName(resource, object.metadata)}`;
    return this.send<T>({ ...request(options), method: 'POST', path, operation, body: withKind(resource, object) });
  }

  /** Replaces the object; its `metadata.resourceVersion`, when set, must still be the current one. */
  async update<T extends KubernetesObject>(
    resource: ApiResource<T>,
    object: ObjectToSend<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const { subresource, fieldManager } = options;
    const path = objectPath(resource, object.metadata, subresource) + queryString({ fieldManager });
    const operation = `updating ${objectName(resource, object.metadata, subresource)}`;
    return this.send<T>({ ...request(options), method: 'PUT', path, operation, body: withKind(resource, object) });
  }

  /** Server-side apply: the object has exactly our fields as ours; created when it does not exist. */
  async apply<T extends KubernetesObject>(
    resource: ApiResource<T>,
    object: ObjectToSend<T>,
    options: ApplyOptions,
  ): Promise<T> {
    const { subresource, fieldManager, force = false } = options;
    const path = objectPath(resource, object.metadata, subresource) + queryString({ fieldManager, force });
    const operation = `applying ${objectName(resource, object.metadata, subresource)}`;
    const body = withKind(resource, object);
    return this.send<T>({
      ...request(options),
      method: 'PATCH',
      path,
      operation,
      body,
      contentType: 'application/apply-patch+yaml',
    });
  }

  /** JSON merge patch: maps are merged, `null` removes a key, lists are replaced whole. */
  async mergePatch<T extends KubernetesObject>(
    resource: ApiResource<T>,
    ref: ObjectRef,
    patch: object,
    options: MergePatchOptions = {},
  ): Promise<T> {
    const { subresource, fieldManager, resourceVersion } = options;
    const path = objectPath(resource, ref, subresource) + queryString({ fieldManager });
    const operation = `patching ${objectName(resource, ref, subresource)}`;
    const body = resourceVersion === undefined ? patch : withResourceVersion(patch, resourceVersion);
    return this.send<T>({
      ...request(options),
      method: 'PATCH',
      path,
      operation,
      body,
      contentType: 'application/merge-patch+json',
    });
  }

  /** Deletes the object; an object that does not exist is no error. */
  async delete(resource: ApiResource, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options;
    const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, gracePeriodSeconds, preconditions };
    const operation = `deleting ${objectName(resource, ref)}`;
    try {
      await this.connection.send({
        ...request(options),
        method: 'DELETE',
        path: objectPath(resource, ref),
        operation,
        body,
      });
    } catch (error) {
      if (!(error instanceof ApiError && error.isNotFound)) throw error;
    }
  }

  /**
   * Opens a watch: resolves when the server has accepted it. The events end without error when the server ends the watch in
   * good order, and with one when the connection breaks.
   */
  async watch<T extends KubernetesObject>(
    resource: ApiResource<T>,
    options: WatchOptions,
  ): Promise<AsyncGenerator<WatchEvent<T>, void, undefined>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, signal, onBytes } = options;
    const query = {
      watch: true,
      allowWatchBookmarks: true,
      labelSelector,
      fieldSelector,
      resourceVersion,
      timeoutSeconds,
    };
    const path = collectionPath(resource, namespace) + queryString(query);
    const operation = `watching ${collectionName(resource, namespace)}`;
    return watchEvents<T>(await this.connection.stream({ method: 'GET', path, operation, signal }), onBytes);
  }

  /** The end of a container's log. @throws ApiError also when the pod's node does not answer */
  async podLog(pod: ObjectRef, { container, tailLines, signal, timeoutMs }: LogOptions): Promise<string> {
    const path = objectPath(pods, pod, 'log') + queryString({ container, tailLines, limitBytes: longestLog });
    const operation = `reading the log of ${objectName(pods, pod)}`;
    return this.connection.text({ ...request({ signal, timeoutMs }), method: 'GET', path, operation });
  }

  /** Reads a path that is no object: `/version`. What is there is for the caller to check. */
  async read(path: string, options: RequestOptions = {}): Promise<unknown> {
    return this.connection.send({ ...request(options), method: 'GET', path, operation: `reading ${path}` });
  }

  /** Posts to a path whose answer is no stored object: reviews (`/apis/authentication.k8s.io/v1/tokenreviews`), token requests. */
  async post(path: string, body: object, options: RequestOptions = {}): Promise<unknown> {
    return this.connection.send({
      ...request(options),
      method: 'POST',
      readOnly: true,
      path,
      body,
      operation: `posting to ${path}`,
    });
  }

  /** The one place where an answer gets its type; see "trust" in the class's comment. */
  private async send<Answer>(sent: ApiRequest): Promise<Answer> {
    return (await this.connection.send(sent)) as Answer;
  }
}

function request({ signal, timeoutMs }: RequestOptions): Pick<ApiRequest, 'signal' | 'timeoutMs'> {
  return { signal, timeoutMs };
}

function withKind<T extends KubernetesObject>(resource: ApiResource<T>, object: ObjectToSend<T>): object {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function withResourceVersion(patch: object, resourceVersion: string): object {
  const metadata: unknown = Reflect.get(patch, 'metadata');
  return { ...patch, metadata: { ...(typeof metadata === 'object' ? metadata : {}), resourceVersion } };
}
