import type * as z from 'zod';
import type {
  CustomProperties,
  DesiredState,
  InferenceServiceRecord,
  ModelVersion,
  RegisteredModel,
  ServingEnvironment,
} from './answers';
import {
  inferenceServiceRecordSchema,
  modelVersionSchema,
  registeredModelSchema,
  servingEnvironmentSchema,
} from './answers';
import { named, readAll, readOne } from './registry-reads';
import { RegistryTransport, type Method, type RegistryTransportOptions } from './registry-transport';

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

/**
 * The Model Registry's REST API as registry sync uses it.
 *
 * Guarantees: answers are parsed, never trusted; `undefined` means a genuine 404; every other failure is a
 * {@link RegistryError} with its kind; nothing is retried here, the work queue does that.
 *
 * Caveats: the server answers 404 for database failures too, so "gone" needs a second look (find by name) before
 * anything is made anew; `find` is a pattern match on the server, so the name of the answer is compared.
 */
export class RegistryClient {
  private readonly transport: RegistryTransport;

  constructor(options: RegistryTransportOptions) {
    this.transport = new RegistryTransport(options);
  }

  get baseUrl(): string {
    return this.transport.baseUrl;
  }

  async findServingEnvironment(name: string, signal: AbortSignal): Promise<ServingEnvironment | undefined> {
    const query = new URLSearchParams({ name });
    const found = await readOne(
      this.transport,
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
    return readOne(this.transport, `reading registered model ${id}`, path, registeredModelSchema, signal);
  }

  async getModelVersion(id: string, signal: AbortSignal): Promise<ModelVersion | undefined> {
    const path = `model_versions/${encodeURIComponent(id)}`;
    return readOne(this.transport, `reading model version ${id}`, path, modelVersionSchema, signal);
  }

  /** Every serving environment, page by page. */
  listServingEnvironments(signal: AbortSignal): AsyncIterable<ServingEnvironment> {
    return readAll(
      this.transport,
      'listing serving environments',
      'serving_environments',
      servingEnvironmentSchema,
      signal,
    );
  }

  /** Every record of an environment, page by page. */
  listInferenceServices(environmentId: string, signal: AbortSignal): AsyncIterable<InferenceServiceRecord> {
    const path = `serving_environments/${encodeURIComponent(environmentId)}/inference_services`;
    return readAll(
      this.transport,
      `listing inference services of environment ${environmentId}`,
      path,
      inferenceServiceRecordSchema,
      signal,
    );
  }

  async getInferenceService(id: string, signal: AbortSignal): Promise<InferenceServiceRecord | undefined> {
    const path = `inference_services/${encodeURIComponent(id)}`;
    return readOne(this.transport, `reading inference service ${id}`, path, inferenceServiceRecordSchema, signal);
  }

  async findInferenceService(
    name: string,
    servingEnvironmentId: string,
    signal: AbortSignal,
  ): Promise<InferenceServiceRecord | undefined> {
    const query = new URLSearchParams({ name, parentResourceId: servingEnvironmentId });
    const operation = `finding inference service ${name}`;
    return named(
      await readOne(
        this.transport,
        operation,
        `inference_service?${query.toString()}`,
        inferenceServiceRecordSchema,
        signal,
      ),
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

  private async write<T>(
    operation: string,
    method: Method,
    path: string,
    body: object,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.transport.read(
      operation,
      path,
      await this.transport.send(operation, method, path, body, signal),
      schema,
    );
  }
}
