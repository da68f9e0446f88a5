import type { TrainedModel } from '../../../definitions/serving/trained-model';
import { compareQuantities } from './quantity';
import { type Refusal, type Verdict, verdict } from './verdict';

const pattern = /^[a-zA-Z0-9_-]+$/;

/** Schemes of storages that the agent of a multi-model server can read. */
const prefixes = ['s3://', 'gs://', 'https://', 'http://'];

/**
 * Accepts or refuses a TrainedModel.
 *
 * @param old the stored object, of an update
 */
export function validateTrainedModel(model: TrainedModel, old?: TrainedModel): Verdict {
  if (old !== undefined && model.metadata.deletionTimestamp !== undefined) return verdict(undefined);
  return verdict(refusedName(model) ?? refusedUri(model) ?? (old && refusedMemory(model, old)));
}

function refusedName({ metadata: { name } }: TrainedModel): Refusal {
  if (pattern.test(name)) return undefined;
  return (
    `the Trained Model "${name}" is invalid: a Trained Model name must consist of alphanumeric characters, '_', or '-'. ` +
    `(e.g. "my-Name" or "abc_123", regex used for validation is '${pattern.source}')`
  );
}

function refusedUri({ metadata: { name }, spec: { model } }: TrainedModel): Refusal {
  if (prefixes.some((prefix) => model.storageUri.startsWith(prefix))) return undefined;
  return (
    `the Trained Model "${name}" storageUri field is invalid. The storage uri must start with one of the prefixes: ` +
    `${prefixes.join(', ')}. (the storage uri given is "${model.storageUri}")`
  );
}

/** The memory is counted against the server's when the model is loaded, and not again. */
function refusedMemory({ metadata, spec }: TrainedModel, old: TrainedModel): Refusal {
  const [before, after] = [old.spec.model.memory, spec.model.memory];
  if (before === after || compareQuantities(before, after) === 0) return undefined;
  return (
    `the Trained Model "${metadata.name}" memory field is immutable. ` +
    `The memory was "${before}" but it is updated to "${after}"`
  );
}
