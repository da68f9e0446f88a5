import { createHash } from 'node:crypto';
import type { V1Pod } from '@kubernetes/client-node';
import * as z from 'zod';
import { internalAnnotations, servingLabels } from '../../../../definitions/names/serving';
import type { StorageReference } from '../credentials/storage-spec-access';
import { PodMutationError } from '../pod-mutation-error';

/** Characters of the digest that name a model in the claim of the local cache. */
const keyLength = 16;

const parameters = z.record(z.string(), z.string());

/** Where the annotations of a pod say that its model is. */
export interface ModelSource {
  readonly uri: string;
  /** ClusterStorageContainer that is asked for; never for a model of the local cache, which nothing fetches. */
  readonly storageContainerName?: string;
  /** Storage that an administrator registered. */
  readonly storage?: StorageReference;
}

/** The source of a pod's model; `undefined` when it has none, or when the agent pulls its models. Throws on annotations that can't be read. */
export function modelSourceOf({ metadata }: V1Pod): ModelSource | undefined {
  const annotations = metadata?.annotations ?? {};
  const uri = annotations[internalAnnotations.storageSourceUri];
  if (uri === undefined || annotations[internalAnnotations.agent] !== undefined) return undefined;
  const storage = storageOf(annotations);
  const withStorage = storage === undefined ? {} : { storage };
  if (metadata?.labels?.[servingLabels.localModel] !== undefined) {
    return { uri: cachedUri(uri, annotations), ...withStorage };
  }
  const storageContainerName = annotations[internalAnnotations.storageContainerName];
  return { uri, ...(storageContainerName === undefined ? {} : { storageContainerName }), ...withStorage };
}

/** Where the local cache has the model. */
function cachedUri(uri: string, annotations: Readonly<Record<string, string>>): string {
  const claim = annotations[internalAnnotations.localModelClaim];
  if (claim === undefined) throw new PodMutationError(`Annotation ${internalAnnotations.localModelClaim} not found`);
  const source = annotations[internalAnnotations.localModelSourceUri] ?? '';
  const key = createHash('sha256').update(source).digest('hex').slice(0, keyLength);
  const path = uri.startsWith(source) ? uri.slice(source.length) : uri;
  return `pvc://${claim}/models/${key}${path.startsWith('/') ? '' : '/'}${path}`;
}

function storageOf(annotations: Readonly<Record<string, string>>): StorageReference | undefined {
  if (annotations[internalAnnotations.storageSpec] !== 'true') return undefined;
  return {
    key: annotations[internalAnnotations.storageSpecKey] ?? '',
    parameters: parametersOf(annotations[internalAnnotations.storageSpecParameters] ?? ''),
  };
}

function parametersOf(written: string): Readonly<Record<string, string>> {
  if (written === '') return {};
  const invalid = () =>
    new PodMutationError(
      `annotation ${internalAnnotations.storageSpecParameters} of the pod is not a JSON object whose values are strings`,
    );
  let read: unknown;
  try {
    read = JSON.parse(written);
  } catch {
    throw invalid();
  }
  const parsed = parameters.nullable().safeParse(read);
  if (!parsed.success) throw invalid();
  return parsed.data ?? {};
}
