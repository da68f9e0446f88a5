import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { registryApiPath } from '../../definitions/names/model-registry';
import type {
  CustomProperties,
  DesiredState,
  InferenceServiceRecord,
  ModelVersion,
  RegisteredModel,
  ServingEnvironment,
} from './answers';
import {
  errorBodySchema,
  inferenceServiceRecordSchema,
  modelVersionSchema,
  pageOf,
  registeredModelSchema,
  servingEnvironmentSchema,
} from './answers';
import type { CircuitBreaker } from './circuit-breaker';
import { RegistryError, type RegistryFailure } from './registry-error';

/** What a client needs to talk to one registry. */
export interface RegistryClientOptions {
  /** Normalised base URL: scheme, host, optional path prefix, no trailing slash. */
  readonly baseUrl: string;
  /** Version part of the API's path, `v1alpha3`. */
  readonly apiVersion: string;
  /** Connections: TLS trust, proxies and connect time-out are its business. */
  readonly dispatcher: Dispatcher;
  /** Milliseconds until the whole answer must be here. */
  readonly requestTimeoutMs: number;
  /** Bearer token, read for each request since projected tokens rotate; absent: no `Authorization` is sent. */
  readonly token?: () => Promise<string>;
  /** Told of each request when it has ended; `code` is the HTTP status or `<error>`. */
  readonly observe?: (request: { readonly method: string; readonly code: string; readonly seconds: number }) => void;
  readonly userAgent: string;
  /** Keeps a registry that does not answer from being asked again and again. @default it is always asked */
  readonly circuit?: CircuitBreaker;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Members of a record that are set when it is made. */
export interface NewInferenceService {
  readonly name: string;
  readonly registeredModelId: string;
  readonly servingEnvironmentId: string;
  readonly modelVersionId?: string;
  readonly runtime?: string;
  readonly desiredState: DesiredState;
  readonly customProperties?: CustomProperties;
}

/**
 * A change to a record. `desiredState` is not optional: the server resets it to DEPLOYED when a PATCH leaves it out.
 * `customProperties` replaces the whole map.
 */
export interface InferenceServicePatch {
  readonly desiredState: DesiredState;
  readonly modelVersionId?: string;
  readonly runtime?: string;
  readonly customProperties?: CustomProperties;
}

type Method = 'GET' | 'POST' | 'PATCH';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/**
 * The Model Registry's REST API as registry sync uses it.
 *
 * Guarantees: answers are parsed, never trusted; `undefined` means a genuine 404; every other failure is a
 * {@link RegistryError} with its kind; redirects are not followed (a login page is an error, and a token never leaves
 * its origin); nothing is retried here, the work queue does that.
 *
 * Caveats: the server answers 404 for database failures too, so "gone" needs a second look (find by name) before
 * anything is made anew; `find` is a pattern match on the server, so the name of the answer is compared.
 */
export class RegistryClient {
  readonly baseUrl: string;

  constructor(private readonly options: RegistryClientOptions) {
    this.baseUrl = options.baseUrl;
  }

  async findServingEnvironment(name: string, signal: AbortSignal): Promise<ServingEnvironment | undefined> {
    const query = new URLSearchParams({ name });
    const found = await this.find(
      'finding serving environment',
      `serving_environment?${query.toString()}`,
      servingEnvironmentSchema,
      signal,
    );
    return named(found, name);
  }

  async createServingEnvironment(name: string, description: string, signal: AbortSignal): Promise<ServingEnvironment> {
    const operation = 'creating serving environment';
    return this.write(
      operation,
      'POST',
      'serving_environments',
      { name, description },
      servingEnvironmentSchema,
      signal,
    );
  }

  async getRegisteredModel(id: string, signal: AbortSignal): Promise<RegisteredModel | undefined> {
    const path = `registered_models/${encodeURIComponent(id)}`;
    return this.find(`reading registered model ${id}`, path, registeredModelSchema, signal);
  }

  async getModelVersion(id: string, signal: AbortSignal): Promise<ModelVersion | undefined> {
    const path = `model_versions/${encodeURIComponent(id)}`;
    return this.find(`reading model version ${id}`, path, modelVersionSchema, signal);
  }

  /** Every serving environment, page by page. */
  listServingEnvironments(signal: AbortSignal): AsyncIterable<ServingEnvironment> {
    return this.list('listing serving environments', 'serving_environments', servingEnvironmentSchema, signal);
  }

  /** Every record of an environment, page by page. */
  listInferenceServices(environmentId: string, signal: AbortSignal): AsyncIterable<InferenceServiceRecord> {
    const path = `serving_environments/${encodeURIComponent(environmentId)}/inference_services`;
    return this.list(
      `listing inference services of environment ${environmentId}`,
      path,
      inferenceServiceRecordSchema,
      signal,
    );
  }

  async getInferenceService(id: string, signal: AbortSignal): Promise<InferenceServiceRecord | undefined> {
    const path = `inference_services/${encodeURIComponent(id)}`;
    return this.find(`reading inference service ${id}`, path, inferenceServiceRecordSchema, signal);
  }

  async findInferenceService(
    name: string,
    servingEnvironmentId: string,
    signal: AbortSignal,
  ): Promise<InferenceServiceRecord | undefined> {
    const query = new URLSearchParams({ name, parentResourceId: servingEnvironmentId });
    const operation = `finding inference service ${name}`;
    return named(
      await this.find(operation, `inference_service?${query.toString()}`, inferenceServiceRecordSchema, signal),
      name,
    );
  }

  async createInferenceService(body: NewInferenceService, signal: AbortSignal): Promise<InferenceServiceRecord> {
    const operation = `creating inference service ${body.name}`;
    return this.write(operation, 'POST', 'inference_services', body, inferenceServiceRecordSchema, signal);
  }

  async updateInferenceService(
    id: string,
    patch: InferenceServicePatch,
    signal: AbortSignal,
  ): Promise<InferenceServiceRecord> {
    const path = `inference_services/${encodeURIComponent(id)}`;
    return this.write(`updating inference service ${id}`, 'PATCH', path, patch, inferenceServiceRecordSchema, signal);
  }

  private async find<T>(
    operation: string,
    path: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const answer = await this.send(operation, 'GET', path, undefined, signal);
    return answer.status === 404 ? undefined : this.read(operation, path, answer, schema);
  }

  private async *list<T extends z.ZodType>(
    operation: string,
    path: string,
    schema: T,
    signal: AbortSignal,
  ): AsyncGenerator<z.output<T>> {
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ pageSize: '100', ...(token === undefined ? {} : { nextPageToken: token }) });
      const page = `${path}?${query.toString()}`;
      const answer = await this.send(operation, 'GET', page, undefined, signal);
      const { items, nextPageToken } = this.read(operation, page, answer, pageOf(schema));
      yield* items ?? [];
      // Its absence and an empty one both mean the last page.
      token = nextPageToken === '' ? undefined : (nextPageToken ?? undefined);
    } while (token !== undefined);
  }

  private async write<T>(
    operation: string,
    method: Method,
    path: string,
    body: object,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.read(operation, path, await this.send(operation, method, path, body, signal), schema);
  }

  private async send(
    operation: string,
    method: Method,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { circuit } = this.options;
    const refusal = circuit?.enter();
    if (refusal !== undefined) {
      throw new RegistryError('unavailable', operation, this.urlOf(path), refusal.text, refusal.seconds);
    }
    try {
      const answer = await this.exchange(operation, method, path, body, signal);
      if (failureOf(answer.status) === 'unavailable') circuit?.failed();
      else circuit?.succeeded();
      return answer;
    } catch (error) {
      if (signal.aborted) circuit?.abandoned();
      else circuit?.failed();
      throw error;
    }
  }

  private async exchange(
    operation: string,
    method: Method,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { dispatcher, requestTimeoutMs, token, userAgent, now, observe } = this.options;
    const url = new URL(this.urlOf(path));
    const started = now();
    const timeout = AbortSignal.timeout(requestTimeoutMs);
    let code = '<error>';
    try {
      const response = await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${await token()}` }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.any([signal, timeout]),
      });
      const text = await response.body.text();
      code = String(response.statusCode);
      const retryAfterSeconds = retryAfter(response.headers['retry-after']);
      return {
        status: response.statusCode,
        body: text,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      };
    } catch (error) {
      if (signal.aborted) throw error;
      const cause = timeout.aborted ? `no complete answer within ${requestTimeoutMs / 1000} s` : causeText(error);
      throw new RegistryError('unavailable', operation, this.urlOf(path), cause);
    } finally {
      observe?.({ method, code, seconds: (now() - started) / 1000 });
    }
  }

  private read<T>(operation: string, path: string, answer: Answer, schema: z.ZodType<T>): T {
    const url = this.urlOf(path);
    if (answer.status < 200 || answer.status > 299) {
      throw new RegistryError(failureOf(answer.status), operation, url, errorText(answer), answer.retryAfterSeconds);
    }
    const parsed = schema.safeParse(parseJson(answer.body));
    if (parsed.success) return parsed.data;
    const problem =
      answer.body.trim() === '' ? 'an empty body' : `${excerpt(answer.body)} (${z.prettifyError(parsed.error)})`;
    throw new RegistryError(
      'invalid-answer',
      operation,
      url,
      `${answer.status} with ${problem}, is this a Model Registry?`,
    );
  }

  private urlOf(path: string): string {
    return `${this.baseUrl}${registryApiPath}/${this.options.apiVersion}/${path}`;
  }
}

/** The server matches names as SQL patterns, some databases without case: what it found may be something else. */
function named<T extends { readonly name?: string | undefined }>(found: T | undefined, name: string): T | undefined {
  return found?.name === undefined || found.name === name ? found : undefined;
}

function failureOf(status: number): RegistryFailure {
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 400 || status === 422) return 'rejected';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429 || status >= 500) return 'unavailable';
  return 'invalid-answer';
}

function errorText(answer: Answer): string {
  const body = errorBodySchema.safeParse(parseJson(answer.body));
  if (body.success) return `${answer.status} ${body.data.message}`;
  return answer.body.trim() === '' ? String(answer.status) : `${answer.status} ${excerpt(answer.body)}`;
}

/** Enough of an unexpected body to recognise it: a login page, a proxy's error. */
function excerpt(body: string): string {
  const line = body.trim().replace(/\s+/g, ' ');
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(header: string | string[] | undefined): number | undefined {
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function causeText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
