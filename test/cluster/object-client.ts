import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { type ApiAnswer, ApiClient, type ApiClientOptions, type Method, type RequestOptions } from './api-client';
import { ResourceDiscovery, collectionPath } from './resource-discovery';
import {
  type ObjectReference,
  type ObjectToWrite,
  type UnstructuredObject,
  parseList,
  parseObject,
} from './unstructured-object';

const statusSchema = z.object({ message: z.string() });

/** The API server said no, or nothing was there. */
class RequestRefused extends Error {
  constructor(
    action: string,
    /** HTTP status of the answer. */
    readonly status: number,
    body: unknown,
  ) {
    const parsed = statusSchema.safeParse(body);
    const message = parsed.success ? parsed.data.message : JSON.stringify(body);
    super(`${action}: ${status} ${STATUS_CODES[status] ?? ''}: ${message}`);
  }
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/**
 * Objects of any kind as one identity sees them. Paths come from discovery, so custom resources work as soon as their
 * CRD is installed. Methods other than `request` and `find` throw an error with `status` and the server's message when
 * the answer is not a success.
 */
export class ObjectClient {
  /** Warnings of the API server about anything that was written so far. */
  readonly warnings: string[] = [];
  protected readonly client: ApiClient;
  private readonly discovery: ResourceDiscovery;

  constructor(options: ApiClientOptions) {
    this.client = new ApiClient(options);
    this.discovery = new ResourceDiscovery(this.client);
  }

  /** Sends any request and returns the answer whatever its status. */
  request(method: Method, path: string, options?: RequestOptions): Promise<ApiAnswer> {
    return this.client.request(method, path, options);
  }

  /** Creates an object; unknown and duplicate fields are errors. */
  async create<T extends ObjectToWrite>(object: T): Promise<UnstructuredObject> {
    const path = collectionPath(await this.discovery.find(object), object.metadata.namespace);
    const { name, generateName } = object.metadata;
    const action = `creating ${described(object, name ?? generateName ?? '')}`;
    return parseObject(await this.send(action, 'POST', path, { body: object, query: { fieldValidation: 'Strict' } }));
  }

  /**
   * Applies an object server-side; unknown and duplicate fields are errors.
   *
   * @param fieldManager who owns the applied fields. @default 'slipway-test'
   * @param force takes fields over from other owners instead of failing with a conflict. @default false
   */
  async apply<T extends ObjectReference>(
    object: T,
    { fieldManager = 'slipway-test', force = false, subresource }: ApplyOptions = {},
  ): Promise<UnstructuredObject> {
    const answer = await this.send(`applying ${described(object)}`, 'PATCH', await this.path(object, subresource), {
      body: object,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager, force, fieldValidation: 'Strict' },
    });
    return parseObject(answer);
  }

  /** Reads an object. */
  async get(object: ObjectReference): Promise<UnstructuredObject> {
    return parseObject(await this.send(`getting ${described(object)}`, 'GET', await this.path(object)));
  }

  /** Reads an object, or undefined when it does not exist. */
  async find(object: ObjectReference): Promise<UnstructuredObject | undefined> {
    const { status, body } = await this.request('GET', await this.path(object));
    if (status === 404) return undefined;
    if (status !== 200) throw new RequestRefused(`getting ${described(object)}`, status, body);
    return parseObject(body);
  }

  /**
   * All objects of a kind.
   *
   * @param namespace @default all namespaces
   * @param query `labelSelector`, `fieldSelector` ...
   */
  async list(
    kind: Pick<ObjectReference, 'apiVersion' | 'kind'>,
    namespace?: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<UnstructuredObject[]> {
    const path = collectionPath(await this.discovery.find(kind), namespace);
    return parseList(await this.send(`listing ${kind.kind}`, 'GET', path, { query }), kind);
  }

  /** Patches an object, by JSON merge patch unless said otherwise. */
  async patch(
    object: ObjectReference,
    patch: unknown,
    { type = 'merge', subresource }: PatchOptions = {},
  ): Promise<UnstructuredObject> {
    const answer = await this.send(`patching ${described(object)}`, 'PATCH', await this.path(object, subresource), {
      body: patch,
      contentType: patchTypes[type],
      query: { fieldValidation: 'Strict' },
    });
    return parseObject(answer);
  }

  /** Deletes an object, dependents in the background. Its finalizers still have to run, and it may be gone already. */
  async remove(object: ObjectReference): Promise<void> {
    const { status, body } = await this.request('DELETE', await this.path(object), {
      query: { propagationPolicy: 'Background' },
    });
    if (status >= 300 && status !== 404) throw new RequestRefused(`deleting ${described(object)}`, status, body);
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    await this.client.close();
  }

  private async path(object: ObjectReference, subresource?: string): Promise<string> {
    const { name, namespace } = object.metadata;
    const path = `${collectionPath(await this.discovery.find(object), namespace)}/${name}`;
    return subresource === undefined ? path : `${path}/${subresource}`;
  }

  private async send(action: string, method: Method, path: string, options?: RequestOptions): Promise<unknown> {
    const { status, body, warnings } = await this.request(method, path, options);
    this.warnings.push(...warnings.map((warning) => `${action}: ${warning}`));
    if (status >= 300) throw new RequestRefused(action, status, body);
    return body;
  }
}

interface ApplyOptions {
  readonly fieldManager?: string;
  readonly force?: boolean;
  /** For example `status`. */
  readonly subresource?: string;
}

interface PatchOptions {
  /** @default 'merge' */
  readonly type?: keyof typeof patchTypes;
  /** For example `status`. */
  readonly subresource?: string;
}

function described({ kind, metadata }: ObjectToWrite, name = metadata.name ?? ''): string {
  return metadata.namespace === undefined ? `${kind} ${name}` : `${kind} ${metadata.namespace}/${name}`;
}
