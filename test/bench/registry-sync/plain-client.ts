import { Agent } from 'undici';
import * as z from 'zod';
import { registryKeys } from '../../../definitions/names/model-registry';
import type { StoredInferenceService } from '../../controllers/registry-sync/installation';
import { inParallel } from './in-parallel';
import { pathOf } from './load';
import type { RegistryRequest } from './registry';
import type { Script } from './script';

/** What the plain client works with. */
export interface PlainClientOptions {
  readonly apiServer: { readonly url: string; readonly ca: string; readonly token: string };
  /** Base URL of a fresh registry. */
  readonly registry: string;
  /** What it asks the registry: what the controller asked in another round. */
  readonly script: Script;
  /** Objects in work at a time. */
  readonly workers: number;
}

const idSchema = z.object({ id: z.string() });
const idIn = (text: string) => idSchema.parse(JSON.parse(text)).id;

/**
 * The ceiling: sends what the controller sends and does nothing else. No watch, no queue, no events, no parsing but of ids.
 *
 * @returns seconds until the last object was linked
 */
export async function linkPlainly(
  objects: readonly StoredInferenceService[],
  { apiServer, registry, script, workers }: PlainClientOptions,
): Promise<number> {
  const agent = new Agent({ allowH2: false, connect: { ca: apiServer.ca } });
  const send = async (
    origin: string,
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<string> => {
    const answer = await agent.request({
      origin,
      path,
      method,
      headers: { accept: 'application/json', ...headers },
      body: body ?? null,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300 && answer.statusCode !== 404) throw new Error(`${method} ${path}: ${text}`);
    return text;
  };
  const patch = (object: StoredInferenceService, metadata: object) =>
    send(
      apiServer.url,
      'PATCH',
      pathOf(object.metadata),
      { authorization: `Bearer ${apiServer.token}`, 'content-type': 'application/merge-patch+json' },
      JSON.stringify({ metadata }),
    );
  /** Sends requests one after the other; the last answer. */
  const ask = async (requests: readonly RegistryRequest[], environmentId?: string): Promise<string> => {
    let text = '';
    for (const request of requests) {
      const { method, path, query, body } = inEnvironment(request, environmentId);
      const search = Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query).toString()}`;
      const headers: Record<string, string> = body === '' ? {} : { 'content-type': 'application/json' };
      text = await send(registry, method, path + search, headers, body === '' ? undefined : body);
    }
    return text;
  };

  const environments = new Map<string, Promise<string>>();
  const link = async (object: StoredInferenceService, number: number) => {
    const { namespace, uid, resourceVersion, finalizers = [] } = object.metadata;
    const environment = environments.get(namespace) ?? ask(script.ofNamespace.get(namespace) ?? []).then(idIn);
    environments.set(namespace, environment);
    const own = script.ofObject.get(uid) ?? [];
    const create = own.findIndex(({ method }) => method === 'POST');
    const environmentId = await environment;
    // As the controller does: the finalizer is there before a record can be.
    await ask([...own.slice(0, create), ...shareOf(script.shared, number, objects.length)], environmentId);
    await patch(object, { finalizers: [...finalizers, registryKeys.finalizer], resourceVersion });
    const id = idIn(await ask(own.slice(create), environmentId));
    const record = JSON.stringify({ registry, id });
    await patch(object, {
      labels: { [registryKeys.inferenceServiceId]: id },
      annotations: { [registryKeys.record]: record },
    });
  };

  try {
    const started = performance.now();
    await inParallel(objects.entries(), workers, ([number, object]) => link(object, number));
    return (performance.now() - started) / 1000;
  } finally {
    await agent.close();
  }
}

/** Requests that name no object are dealt out evenly, in their order. */
function shareOf(shared: readonly RegistryRequest[], number: number, count: number): readonly RegistryRequest[] {
  const start = (index: number) => Math.ceil((index * shared.length) / count);
  return shared.slice(start(number), start(number + 1));
}

const recordSchema = z.looseObject({ servingEnvironmentId: z.string() });

/** The request with this registry's id of the environment: ids of another round are other ones. */
function inEnvironment(request: RegistryRequest, id: string | undefined): RegistryRequest {
  if (id === undefined) return request;
  const { query, body } = request;
  const record = body === '' ? undefined : recordSchema.safeParse(JSON.parse(body)).data;
  return {
    ...request,
    query: 'parentResourceId' in query ? { ...query, parentResourceId: id } : query,
    body: record === undefined ? body : JSON.stringify({ ...record, servingEnvironmentId: id }),
  };
}
