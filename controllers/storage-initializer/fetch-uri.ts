import { existsSync } from 'node:fs';
import { modelRegistryScheme, storageKindOf, storageKinds } from '../../definitions/storage/storage-kinds';
import { archiveLimits } from './archive/archive-limits';
import type { FetchPair } from './arguments';
import { displayUri } from './display-uri';
import { noteFetched, wasFetched } from './destination/fetched-marker';
import { publish } from './destination/publish';
import { Staging, type StagingOwner } from './destination/staging';
import type { FileFilters } from './filters';
import { switchVariable } from './general-settings';
import type { FetchedAmount, Source, SourceContext } from './source';
import { sources } from './sources';
import { isLocal } from './sources/local/local-path';
import { StorageError } from './storage-error';
import { fetchObjects } from './transfer/fetch-objects';
import type { Progress } from './transfer/progress';

/** What the URIs of a command are fetched with. */
export interface FetchContext extends SourceContext {
  readonly filters: FileFilters;
  readonly owner: StagingOwner;
}

/**
 * Fetches one URI into a directory: stages its files, publishes them when they are all there.
 *
 * @throws StorageError, ConfigError; nothing is published then. What was staged is kept for the next run when the failure was one of the
 *   network, and removed otherwise, also when the signal aborts
 */
export async function fetchUri(
  { uri, destination }: FetchPair,
  context: FetchContext,
  progress: Progress,
  signal: AbortSignal,
): Promise<FetchedAmount | 'there already'> {
  const { owner, filters } = context;
  const identity = JSON.stringify([uri, filters]);
  if (wasFetched(destination, identity, owner)) return 'there already';
  if (uri.startsWith(modelRegistryScheme)) {
    const amount = await fetchRegistered({ uri, destination }, context, progress, signal);
    // A pod that starts again serves the version it has served, even if there is a later one by now.
    noteFetched(destination, identity, owner);
    return amount;
  }
  const source = await openSource(uri, context);
  return fetchSource(source, { identity, destination }, context, progress, signal);
}

/** Fetches from where the registry says that a model is. */
async function fetchRegistered(
  { uri, destination }: FetchPair,
  context: FetchContext,
  progress: Progress,
  signal: AbortSignal,
): Promise<FetchedAmount> {
  const { environment, log, filters } = context;
  const { resolveModel, verifiedSource, withMissingCredentials } = await import('./model-registry/registered-model.js');
  const model = await resolveModel(uri, context, signal);
  try {
    const source = verifiedSource(await openSource(model.uri, context), model, log);
    // Of what was found: the latest version can be another one in the next run.
    const identity = JSON.stringify([model.uri, filters, model.sha256]);
    return await fetchSource(source, { identity, destination }, context, progress, signal);
  } catch (error) {
    throw withMissingCredentials(error, model, environment);
  }
}

/**
 * {@link fetchUri} with a source that is open.
 *
 * @param identity everything that decides which files there are
 */
export async function fetchSource(
  source: Source,
  { identity, destination }: { readonly identity: string; readonly destination: string },
  context: FetchContext,
  progress: Progress,
  signal: AbortSignal,
): Promise<FetchedAmount> {
  const { owner, clock } = context;
  const staging = Staging.open(destination, identity, source.name, owner, clock.now());
  try {
    const amount = await fetchInto(staging, source, context, progress, signal);
    await decrypt(staging, context, signal);
    staging.tree.makeLinks();
    publish(staging.tree.directory, destination);
    staging.remove();
    noteFetched(destination, identity, owner);
    return amount;
  } catch (error) {
    if (error instanceof StorageError && error.transient && !signal.aborted) staging.close();
    else staging.remove();
    throw error;
  } finally {
    if ('files' in source && source.http !== context.http) await source.http?.close();
  }
}

/** Decrypts what is encrypted, when the pod is told to: before anybody can see it. */
async function decrypt({ tree }: Staging, context: FetchContext, signal: AbortSignal): Promise<void> {
  if (!switchVariable(context.environment, 'CONFIDENTIAL_ENABLED')) return;
  const { decryptStagedTree } = await import('./confidential/decrypt-staged-tree.js');
  await decryptStagedTree(tree.directory, context, signal);
}

async function fetchInto(
  staging: Staging,
  source: Source,
  context: FetchContext,
  progress: Progress,
  signal: AbortSignal,
): Promise<FetchedAmount> {
  const { tree, finished } = staging;
  if ('fetchInto' in source) {
    // What a killed run has left of a repository or an image is not gone on with.
    tree.clear();
    return source.fetchInto(tree, signal, progress);
  }
  const { clock, random, log, filters, environment } = context;
  return fetchObjects(
    {
      source,
      http: source.http ?? context.http,
      tree,
      finished,
      rangesFileOf: (path) => staging.rangesFileOf(path),
      clock,
      random,
      log,
      progress,
      signal,
    },
    { filters, limits: archiveLimits(environment), scratch: staging.scratch },
  );
}

/** Opens the source of a URI. @throws StorageError when nothing fetches such URIs */
async function openSource(uri: string, context: SourceContext): Promise<Source> {
  if (uri.startsWith('/mnt/pvc') && !existsSync(uri)) {
    throw new StorageError('not-found', `Cannot locate source uri ${uri} for PVC`);
  }
  if (isLocal(uri)) return (await import('./sources/local/local-source.js')).openLocalSource(uri, context);
  // Multi-model serving: an agent fetches models there, later.
  if (uri.startsWith('/mnt/models')) {
    return { protocol: 'local', name: uri, fetchInto: async () => ({ files: 0, bytes: 0 }) };
  }
  const kind = storageKindOf(uri);
  if (kind === undefined) {
    const known = "'gs://', 's3://', 'file://', 'http(s)://', 'hf://', 'modelscope://' and 'oci://'";
    throw new StorageError(
      'other',
      `Cannot recognize storage type for ${displayUri(uri)}: ${known} are the current available storage type.`,
    );
  }
  const open = await sources[kind]();
  context.log.debug(`${displayUri(uri)} is fetched from ${storageKinds[kind].protocol}`);
  return open(uri, context);
}
