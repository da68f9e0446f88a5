import { storageKindOf, storageKinds } from '../../../definitions/storage/storage-kinds';
import { storageVariables } from '../../../definitions/storage/storage-variables';
import type { Environment } from '../../component';
import { textVariable } from '../general-settings';
import { StorageError } from '../storage-error';
import type { ResolvedModel } from './resolve-model';

/**
 * A refusal of the storage, with what the author of an InferenceService cannot see: which storage the registry has led to, and that
 * the pod has no credential for it. Other errors, and refusals in spite of credentials, stay as they are.
 */
export function withMissingCredentials(error: unknown, model: ResolvedModel, environment: Environment): unknown {
  if (!(error instanceof StorageError) || !['credentials', 'denied'].includes(error.failure)) return error;
  const kind = storageKindOf(model.uri);
  if (kind === undefined) return error;
  const { protocol } = storageKinds[kind];
  const credentials = storageVariables.filter((variable) => variable.of === protocol && variable.credential === true);
  const names = credentials.map(({ name }) => name);
  if (names.length === 0 || names.some((name) => textVariable(environment, name) !== undefined)) return error;
  const where = `model '${model.model.name}', version '${model.version.name}'`;
  const remedy = "add a Secret for it to the InferenceService's service account";
  return new StorageError(
    error.failure,
    `${error.message} The registry says that ${where} is in ${protocol}, and none of ${names.join(', ')} is set: ${remedy}.`,
    { cause: error },
  );
}
