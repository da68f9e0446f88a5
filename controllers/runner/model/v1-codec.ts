import type { Contract } from '../../../definitions/inference/contract';
import { errorCodes } from '../error-code';
import { ItemError, type ValidItem } from '../item';
import { isList, isRecord, writeJson, type JsonValue } from '../json';
import type { Prediction } from '../model-client';
import { answerJson } from './answer-json';
import type { Codec, EncodedBatch, Kept, ModelAnswer } from './codec';
import type { NullRule } from './item-cells';
import { itemPart, UnfitItem } from './item-part';
import { errorText, excerpt } from './refusal';

/** What {@link v1Codec} is made from. */
export interface V1Options {
  readonly model: Contract['kserve'];
  /** Absent: null cells are sent as they are, since instances may be anything. */
  readonly nullsByDefault: NullRule | undefined;
  readonly kept: Kept;
}

type Instance = (item: JsonValue) => JsonValue;

/**
 * Protocol v1: `instances` and `predictions`. Without `inputs` an instance is the item; with one, its part of the item; with several, an
 * object with the part of each by its name.
 *
 * @throws RunnerError with exit code 2 for a `from` that is no path
 */
export function v1Codec({ model, nullsByDefault, kept }: V1Options): Codec {
  const instance = instanceOf(model, nullsByDefault);
  // From the Contract, which is JSON.
  const constants = isConstants(model.instances) ? model.instances : {};
  return {
    encode: (items) => encode(items, instance, constants),
    decode: (answer, count) => decode(answer, count, model.outputs, kept),
  };
}

function instanceOf({ inputs = [] }: Contract['kserve'], nullsByDefault: NullRule | undefined): Instance {
  const members = inputs.map(({ name, from, null: nulls = nullsByDefault }, position) => {
    const part = itemPart(from, `kserve.inputs[${position}].from`);
    const instance: Instance = (item) => withoutNulls(part(item), nulls);
    return { name: name ?? `input-${position}`, instance };
  });
  const [only] = members;
  if (only === undefined) return (item) => withoutNulls(item, nullsByDefault);
  if (members.length === 1) return only.instance;
  return (item) => Object.fromEntries(members.map(({ name, instance }) => [name, instance(item)]));
}

function withoutNulls(value: JsonValue, nulls: NullRule | undefined): JsonValue {
  if (nulls === undefined) return value;
  if (value === null) {
    if (nulls === 'zero') return 0;
    throw new UnfitItem(nulls === 'nan' ? 'has null, and JSON has no NaN: use zero or error' : 'has null');
  }
  if (isList(value)) return value.map((cell) => withoutNulls(cell, nulls));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, cell]) => [name, withoutNulls(cell, nulls)]));
}

function encode(
  items: readonly ValidItem[],
  instance: Instance,
  constants: Readonly<Record<string, JsonValue>>,
): EncodedBatch {
  const refused = new Map<number, ItemError>();
  const positions: number[] = [];
  const instances: JsonValue[] = [];
  items.forEach(({ value, id }, position) => {
    try {
      instances.push(instance(value));
      positions.push(position);
    } catch (error) {
      if (!(error instanceof UnfitItem)) throw error;
      refused.set(position, new ItemError(errorCodes.itemInvalid, `item ${id}: ${error.message}`, true));
    }
  });
  if (positions.length === 0) return { requests: [], refused };
  const body = writeJson({ ...constants, instances });
  return { requests: [{ positions, headers: { 'content-type': 'application/json' }, body }], refused };
}

function decode(
  { body }: ModelAnswer,
  count: number,
  outputs: Contract['kserve']['outputs'],
  kept: Kept,
): readonly Prediction[] {
  const json = answerJson(body.toString('utf8'));
  const predictions = isRecord(json) ? json['predictions'] : undefined;
  if (!isRecord(json) || !isList(predictions)) {
    const said = errorText(json) ?? 'it has no list `predictions`';
    throw new ItemError(
      errorCodes.modelError,
      `the answer of the model has no predictions: ${excerpt(said, 200)}`,
      false,
    );
  }
  if (predictions.length !== count) {
    const words = `the model answers ${predictions.length} predictions for ${count} instances`;
    throw new ItemError(errorCodes.outputMismatch, words, false);
  }
  const metadata: JsonValue = Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'predictions'));
  return predictions.map((prediction) => ({
    predictions: outputs === undefined ? prediction : selected(prediction, outputs),
    ...(kept.metadata ? { metadata } : {}),
    ...(kept.raw ? { raw: prediction } : {}),
  }));
}

/** The wanted members of a prediction that is an object. */
function selected(prediction: JsonValue, outputs: NonNullable<Contract['kserve']['outputs']>): JsonValue {
  const members = outputs.map(({ name, as = name }) => {
    const value = isRecord(prediction) && Object.hasOwn(prediction, name) ? prediction[name] : undefined;
    if (value !== undefined) return [as, value] as const;
    throw new ItemError(errorCodes.outputMismatch, `predictions of the model have no output ${name}`, false);
  });
  const [only] = members;
  return members.length === 1 && only !== undefined && outputs[0]?.as === undefined
    ? only[1]
    : Object.fromEntries(members);
}

function isConstants(value: unknown): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null;
}
