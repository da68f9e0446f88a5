import * as z from 'zod';
import type { Contract } from '../../../definitions/inference/contract';
import { inferenceHeaders } from '../../../definitions/names/inference';
import { errorCodes } from '../error-code';
import { ItemError } from '../item';
import type { JsonValue } from '../json';
import type { Prediction } from '../model-client';
import { answerJson } from './answer-json';
import type { Kept, ModelAnswer } from './codec';
import { flattened, itemSlices } from './item-slices';
import { errorText, excerpt } from './refusal';
import { size } from './shape';
import { tensorValues } from './tensor-values';
import { inferAnswer, type AnswerTensor, type InferAnswer } from './v2-answer';

type Outputs = Contract['kserve']['outputs'];

/** An output, cut into items. */
interface CutOutput {
  readonly name: string;
  readonly tensor: AnswerTensor;
  readonly slices: readonly JsonValue[];
}

/**
 * The predictions of an answer: for one output its slice, for several an object with each by its name; `as` names it in any case.
 *
 * @param count items that were asked about
 * @throws ItemError MODEL_ERROR, OUTPUT_MISMATCH
 */
export function readInferAnswer(
  answer: ModelAnswer,
  count: number,
  outputs: Outputs,
  kept: Kept,
): readonly Prediction[] {
  const { json, binary } = parts(answer);
  const read = parsed(json);
  const cut = chosen(read, outputs, withValues(read, binary)).map((output) => ({
    ...output,
    ...slices(output, count),
  }));
  const [only] = cut;
  const single = cut.length === 1 && outputs?.[0]?.as === undefined ? only : undefined;
  const values = single?.slices ?? Array.from({ length: count }, (_, item) => named(cut, item));
  const metadata = kept.metadata ? metadataOf(read) : undefined;
  // The usual case, as quick as it can be: models that answer at once have thousands of items in a second.
  if (metadata === undefined && !kept.raw) return values.map((predictions) => ({ predictions }));
  return values.map((predictions, item) => ({
    predictions,
    ...(metadata === undefined ? {} : { metadata }),
    ...(kept.raw ? { raw: { outputs: cut.map((output) => rawSlice(output, item)) } } : {}),
  }));
}

function named(cut: readonly CutOutput[], item: number): JsonValue {
  return Object.fromEntries(cut.map(({ name, slices }) => [name, slices[item] ?? null]));
}

/** A body in binary form has its JSON before the tensors. */
function parts({ headers, body }: ModelAnswer): { readonly json: Buffer; readonly binary: Buffer | undefined } {
  const header = headers[inferenceHeaders.jsonLength];
  if (header === undefined) return { json: body, binary: undefined };
  const length = Number(header);
  if (!Number.isInteger(length) || length < 0 || length > body.length) {
    const words = `${inferenceHeaders.jsonLength}: ${excerpt(String(header), 20)} in an answer of ${body.length} bytes`;
    throw new ItemError(errorCodes.modelError, words, false);
  }
  return { json: body.subarray(0, length), binary: body.subarray(length) };
}

function parsed(body: Buffer): InferAnswer {
  const json = answerJson(body.toString('utf8'));
  const read = inferAnswer.safeParse(json);
  if (read.success) return read.data;
  const said = errorText(json);
  const words = said === undefined ? excerpt(z.prettifyError(read.error), 200) : excerpt(said, 200);
  throw new ItemError(errorCodes.modelError, `the answer of the model has no predictions: ${words}`, false);
}

type WithValues = Omit<CutOutput, 'slices'> & { readonly values: readonly JsonValue[] };

/** The binary tensors follow each other in the order of the outputs. */
function withValues(answer: InferAnswer, binary: Buffer | undefined): readonly WithValues[] {
  let at = 0;
  return answer.outputs.map((tensor) => {
    const { name, data, datatype, shape } = tensor;
    const length = tensor.parameters?.['binary_data_size'];
    if (data !== undefined) return { name, tensor, values: flattened(data) };
    if (typeof length !== 'number' || binary === undefined) {
      throw new ItemError(errorCodes.modelError, `output ${name} of the model has no data`, false);
    }
    const bytes = binary.subarray(at, at + length);
    at += length;
    const values = bytes.length === length ? tensorValues(datatype, bytes, size(shape)) : undefined;
    if (values === undefined) throw mismatch(tensor, `${bytes.length} bytes are not the values of its shape`);
    return { name, tensor, values };
  });
}

function chosen({ outputs }: InferAnswer, wanted: Outputs, withValues: readonly WithValues[]): readonly WithValues[] {
  if (wanted === undefined) return withValues;
  return wanted.map(({ name, as = name }) => {
    const found = withValues.find((output) => output.name === name);
    if (found !== undefined) return { ...found, name: as };
    const names = outputs.map((output) => output.name).join(', ');
    throw new ItemError(
      errorCodes.outputMismatch,
      `the model answers ${excerpt(names, 100)} and no output ${name}`,
      false,
    );
  });
}

function slices({ tensor, values }: WithValues, count: number): { readonly slices: readonly JsonValue[] } {
  const { shape } = tensor;
  if (values.length !== size(shape)) throw mismatch(tensor, `${values.length} values are not those of its shape`);
  if (shape[0] !== count) throw mismatch(tensor, `the request had ${count} items`);
  return { slices: itemSlices(values, shape) };
}

function mismatch({ name, shape }: AnswerTensor, words: string): ItemError {
  return new ItemError(errorCodes.outputMismatch, `output ${name} of shape [${shape.join(',')}]: ${words}`, false);
}

function metadataOf({ model_name, model_version, parameters }: InferAnswer): JsonValue {
  return {
    ...(model_name == null ? {} : { model_name }),
    ...(model_version == null ? {} : { model_version }),
    ...(parameters == null ? {} : { parameters }),
  };
}

function rawSlice({ tensor, slices }: CutOutput, item: number): JsonValue {
  const { name, datatype, shape } = tensor;
  return { name, datatype, shape: [1, ...shape.slice(1)], data: [slices[item] ?? null] };
}
