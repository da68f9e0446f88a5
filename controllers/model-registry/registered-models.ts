import type * as z from 'zod';
import {
  artifactSchema,
  errorBodySchema,
  modelVersionSchema,
  registeredModelSchema,
  type Artifact,
  type ModelVersion,
  type RegisteredModel,
} from './answers';
import { named, readAll, type RegistryRequests } from './registry-reads';
import type { Answer } from './registry-transport';

/**
 * The models of a registry with their versions and artifacts, read by name.
 *
 * Guarantees: a name means itself. The server matches it as an SQL pattern, where `_` and `%` stand for anything and case may not count,
 * and answers "not found" when several match; names it would not find so are looked for in the list.
 */
export class RegisteredModels {
  constructor(private readonly requests: RegistryRequests) {}

  /** A model by its name. @throws RegistryError */
  model(name: string, signal: AbortSignal): Promise<RegisteredModel | undefined> {
    const query = new URLSearchParams({ name });
    return this.byName(
      `finding registered model ${name}`,
      name,
      { find: `registered_model?${query.toString()}`, list: 'registered_models' },
      registeredModelSchema,
      signal,
    );
  }

  /** A version of a model by its name. @throws RegistryError */
  version(modelId: string, name: string, signal: AbortSignal): Promise<ModelVersion | undefined> {
    const query = new URLSearchParams({ name, parentResourceId: modelId });
    return this.byName(
      `finding version ${name} of registered model ${modelId}`,
      name,
      { find: `model_version?${query.toString()}`, list: versionsOf(modelId) },
      modelVersionSchema,
      signal,
    );
  }

  /** The versions of a model, page by page. @throws RegistryError */
  versions(modelId: string, signal: AbortSignal): AsyncIterable<ModelVersion> {
    const operation = `listing versions of registered model ${modelId}`;
    return readAll(this.requests, operation, versionsOf(modelId), modelVersionSchema, signal);
  }

  /**
   * The artifacts of a version, page by page.
   *
   * @param artifactType asked for; older servers ignore it, so look at the answers
   * @throws RegistryError
   */
  artifacts(versionId: string, artifactType: string | undefined, signal: AbortSignal): AsyncIterable<Artifact> {
    return readAll(
      this.requests,
      `listing artifacts of model version ${versionId}`,
      `model_versions/${encodeURIComponent(versionId)}/artifacts`,
      artifactSchema,
      signal,
      artifactType === undefined ? {} : { artifactType },
    );
  }

  private async byName<T extends { readonly name?: string | undefined }>(
    operation: string,
    name: string,
    paths: { readonly find: string; readonly list: string },
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    if (!/[_%\\]/.test(name)) {
      const answer = await this.requests.send(operation, 'GET', paths.find, undefined, signal);
      const message = answer.status === 404 ? messageOf(answer) : undefined;
      // A 404 that is not the registry's own says nothing about the name: the address is wrong.
      if (message === undefined) return named(this.requests.read(operation, paths.find, answer, schema), name);
      if (!message.startsWith('multiple')) return undefined;
    }
    for await (const entity of readAll(this.requests, operation, paths.list, schema, signal)) {
      if (entity.name === name) return entity;
    }
    return undefined;
  }
}

const versionsOf = (modelId: string) => `registered_models/${encodeURIComponent(modelId)}/versions`;

/** What the registry says about an error; nothing when somebody else answered. */
function messageOf({ body }: Answer): string | undefined {
  try {
    return errorBodySchema.parse(JSON.parse(body)).message;
  } catch {
    return undefined;
  }
}
