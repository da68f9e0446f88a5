import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { registryApiPath } from '../../../definitions/names/model-registry';
import { startModelRegistry, type ModelRegistry, type ModelRegistryOptions } from './server';

/** Base URL of a real server, without the base path of the API; the double is tested when it is unset. */
const realUrl = process.env['MODEL_REGISTRY_URL'] || undefined;

/** An answer with its body as JSON where it is JSON, else as text. */
export interface Answered {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

const entity = z.looseObject({ id: z.string(), name: z.string() });
const list = z.looseObject({
  items: z.array(entity),
  nextPageToken: z.string(),
  pageSize: z.int(),
  size: z.int(),
});

/** An entity as a test reads it. */
export type Entity = z.output<typeof entity>;

/** A case that only the double can be brought into: it is skipped when the tests run against a real server. */
export const testOfDouble = (name: string, run: () => Promise<void>): void =>
  (realUrl === undefined ? test : test.skip)(`${name} (double only)`, run);

/** Entities can't be deleted, so every run makes names that no other run has. */
export const unique = (name: string): string => `${name}-${randomUUID()}`;

/** The registry that a suite talks to: the one of MODEL_REGISTRY_URL, else a double of its own. */
export class RegistryUnderTest {
  private started: ModelRegistry | undefined;

  /** Starts before the suite's tests and closes after them. */
  constructor(options: ModelRegistryOptions = {}) {
    beforeAll(async () => {
      if (realUrl === undefined) this.started = await startModelRegistry(options);
    });
    afterAll(() => this.started?.close());
  }

  /** @throws when the tests run against a real server */
  get double(): ModelRegistry {
    if (this.started === undefined)
      throw new Error('reading the double: the tests run against a real server; use testOfDouble');
    return this.started;
  }

  /** Base URL, without the base path of the API. */
  get url(): string {
    return (realUrl ?? this.double.url).replace(/\/+$/, '');
  }

  /** Sends a request; a path is below the base path, unless it is a URL's whole path told by `at: 'root'`. */
  async call(method: string, path: string, body?: unknown, at: 'api' | 'root' = 'api'): Promise<Answered> {
    const answer = await fetch(`${this.url}${at === 'api' ? `${registryApiPath}/v1alpha3` : ''}${path}`, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const contentType = answer.headers.get('content-type');
    const isJson = contentType?.startsWith('application/json') === true;
    return { status: answer.status, contentType, body: isJson ? (JSON.parse(text) as unknown) : text };
  }

  async get(path: string): Promise<Answered> {
    return this.call('GET', path);
  }

  /** Creates an entity. @throws when the answer is not 201 with an entity */
  async create(path: string, body: object): Promise<Entity> {
    const answer = await this.call('POST', path, body);
    if (answer.status !== 201)
      throw new Error(`creating under ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return entity.parse(answer.body);
  }

  /** Reads a list. @throws when the answer is not 200 with a list */
  async list(path: string): Promise<z.output<typeof list>> {
    const answer = await this.get(path);
    if (answer.status !== 200) throw new Error(`listing ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return list.parse(answer.body);
  }

  /** Names of a list, in its order. @throws when the answer is not 200 with a list */
  async names(path: string): Promise<string[]> {
    return (await this.list(path)).items.map(({ name }) => name);
  }

  createEnvironment(name = unique('environment')): Promise<Entity> {
    return this.create('/serving_environments', { name });
  }

  createModel(name = unique('model')): Promise<Entity> {
    return this.create('/registered_models', { name });
  }

  createVersion(registeredModelId: string, name = unique('version'), members: object = {}): Promise<Entity> {
    return this.create('/model_versions', { name, registeredModelId, ...members });
  }

  createArtifact(modelVersionId: string, members: object = {}): Promise<Entity> {
    return this.create(`/model_versions/${modelVersionId}/artifacts`, { artifactType: 'model-artifact', ...members });
  }

  createInferenceService(servingEnvironmentId: string, members: object = {}): Promise<Entity> {
    return this.create('/inference_services', {
      name: unique('service'),
      registeredModelId: '1',
      servingEnvironmentId,
      ...members,
    });
  }
}

/** Query string with every value encoded. */
export const query = (parameters: Readonly<Record<string, string>>): string =>
  `?${new URLSearchParams(parameters).toString()}`;
