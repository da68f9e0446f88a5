import type { ModelVersion, RegisteredModel } from '../../model-registry/answers';
import { RegisteredModels } from '../../model-registry/registered-models';
import type { RegistryError } from '../../model-registry/registry-error';
import { displayUri } from '../display-uri';
import type { SourceContext } from '../source';
import { StorageError } from '../storage-error';
import { storageSpec } from '../storage-spec';
import { artifactLocation } from './artifact-location';
import { isArchived, latestVersion, newestModelArtifact } from './choice';
import { isRegistry } from './probe';
import { connectToRegistry } from './registry-connection';
import { registryStep } from './registry-failure';
import { registryOf, registrySettings, type ChosenRegistry, type RegistrySettings } from './registry-settings';
import { parseModelRegistryUri, type ModelRegistryUri } from './registry-uri';

/** An entity of the registry: what people call it, and its number. */
export interface NamedEntity {
  readonly id: string;
  readonly name: string;
}

/** What a `model-registry://` URI stands for at this moment. */
export interface ResolvedModel {
  /** Base URL of the registry. */
  readonly registry: string;
  readonly model: NamedEntity;
  readonly version: NamedEntity;
  readonly artifact: NamedEntity;
  /** Where the files are; may have a signature in its query. */
  readonly uri: string;
  /** What the file must be, when the artifact says it: lower-case hexadecimal. */
  readonly sha256?: string;
}

type ResolveContext = Pick<SourceContext, 'environment' | 'clock' | 'random' | 'log'>;

/**
 * Asks the registry where the files of a model are: model, version (the newest one in use, if none is named), newest model artifact.
 *
 * @throws StorageError naming registry, model and version; ConfigError for a wrong variable
 */
export async function resolveModel(uri: string, context: ResolveContext, signal: AbortSignal): Promise<ResolvedModel> {
  const settings = registrySettings(context.environment);
  const wanted = await probed(parseModelRegistryUri(uri, settings.hosts), settings, context, signal);
  for (const warning of wanted.warnings) context.log.warn(warning);
  const registry = registryOf(wanted, settings);
  const connection = connectToRegistry(registry, settings, context);
  try {
    const models = new RegisteredModels(connection.requests);
    const resolved = await new Resolution(wanted, registry, settings, models, context, signal).resolve();
    const { model, version, artifact } = resolved;
    context.log.info(
      `Model Registry at ${registry.url}: model '${model.name}' (${model.id}), version '${version.name}' ` +
        `(${version.id}), artifact '${artifact.name}' (${artifact.id}) is at ${displayUri(resolved.uri)}`,
    );
    return resolved;
  } finally {
    await connection.close();
  }
}

/** With upstream's way to tell hosts from models, when the operator wants it: the first part is a host if it answers like one. */
async function probed(
  wanted: ModelRegistryUri,
  settings: RegistrySettings,
  context: ResolveContext,
  signal: AbortSignal,
): Promise<ModelRegistryUri> {
  const { perhapsHost, version } = wanted;
  if (!settings.probeHosts || perhapsHost === undefined || version === undefined) return wanted;
  if (!(await isRegistry(perhapsHost, settings, context, signal))) return wanted;
  return { host: perhapsHost, model: version, warnings: wanted.warnings };
}

/** One look-up, step by step. */
class Resolution {
  constructor(
    private readonly wanted: ModelRegistryUri,
    private readonly registry: ChosenRegistry,
    private readonly settings: RegistrySettings,
    private readonly models: RegisteredModels,
    private readonly context: ResolveContext,
    private readonly signal: AbortSignal,
  ) {}

  async resolve(): Promise<ResolvedModel> {
    const { model: name } = this.wanted;
    const model = await this.findModel();
    const version = await this.findVersion(model);
    const versionName = version.name ?? version.id;
    const where = `model '${name}', version '${versionName}' at ${this.registry.url}`;
    const artifact = await this.findArtifact(version, where);
    return {
      registry: this.registry.url,
      model: { id: model.id, name },
      version: { id: version.id, name: versionName },
      artifact: { id: artifact.id, name: artifact.name ?? '' },
      ...artifactLocation(artifact, storageSpec(this.context.environment), where),
    };
  }

  private async findModel(): Promise<RegisteredModel> {
    const { model: name } = this.wanted;
    const model = await this.step('', () => this.models.model(name, this.signal));
    if (model === undefined) {
      const hint = this.hint();
      throw this.missing(
        `registered model '${name}' not found at ${this.registry.url}${hint === '' ? '' : `; ${hint}`}`,
      );
    }
    this.refuseArchived(model, `registered model '${name}'`);
    return model;
  }

  private async findVersion(model: RegisteredModel): Promise<ModelVersion> {
    const { model: modelName, version: name } = this.wanted;
    const of = `of registered model '${modelName}' at ${this.registry.url}`;
    if (name !== undefined) {
      const prefix = 'error fetching model version: ';
      const version = await this.step(prefix, () => this.models.version(model.id, name, this.signal));
      if (version === undefined) throw this.missing(`${prefix}version '${name}' ${of} not found`);
      this.refuseArchived(version, `version '${name}' of registered model '${modelName}'`);
      return version;
    }
    const latest = await this.step('error fetching model versions: ', () =>
      latestVersion(this.models.versions(model.id, this.signal)),
    );
    if (latest.found !== undefined) return latest.found;
    const { archived, more } = latest;
    const names = archived.map((archivedName) => `'${archivedName}'`).join(', ');
    const why = archived.length === 0 ? '' : `, archived: ${names}${more > 0 ? ` and ${more} more` : ''}`;
    throw this.missing(`no versions associated to registered model ${modelName}${why} (at ${this.registry.url})`);
  }

  private async findArtifact({ id }: ModelVersion, where: string) {
    const artifacts = (type?: string) => this.models.artifacts(id, type, this.signal);
    const artifact = await this.step('', () => newestModelArtifact(artifacts('model-artifact')));
    if (artifact !== undefined) return artifact;
    const isEmpty = await this.step('', async () => {
      for await (const _other of artifacts()) return false;
      return true;
    });
    if (isEmpty) throw this.missing(`no artifacts associated to model version ${id} (${where})`);
    throw this.missing(`no model artifact found for model version ${id} (${where})`);
  }

  /** Somebody took it out of use: serving it without a word is no option, and neither is a switch that nobody set. */
  private refuseArchived(entity: Parameters<typeof isArchived>[0], what: string): void {
    if (!isArchived(entity)) return;
    if (!this.settings.allowArchived) {
      const remedy = 'restore it, or set MODEL_REGISTRY_ALLOW_ARCHIVED=true';
      throw this.missing(`${what} at ${this.registry.url} is archived: ${remedy}`);
    }
    this.context.log.warn(`${what} at ${this.registry.url} is archived`);
  }

  private step<T>(prefix: string, run: () => Promise<T>): Promise<T> {
    const hint = (error: RegistryError) => (error.failure === 'unavailable' ? this.hint() : '');
    return registryStep(prefix, this.registry, this.settings, hint, run);
  }

  /** What a name may have been meant as: hosts and models look alike. */
  private hint(): string {
    const { host, perhapsHost } = this.wanted;
    // Nobody calls a model name:8080; what has no dot was listed.
    if (host?.includes('.') === true && !host.includes(':')) {
      const quoted = `model-registry://${host.replaceAll('.', '%2E')}/...`;
      return `${host} is taken for the host of a registry: if it is a model, write ${quoted}`;
    }
    if (perhapsHost === undefined) return '';
    return `if ${perhapsHost} is the host of a registry, list it in MODEL_REGISTRY_HOSTS`;
  }

  private missing(message: string): StorageError {
    return new StorageError('not-found', message);
  }
}
