import type { Contract } from '../../../definitions/inference/contract';
import { inferenceHeaders } from '../../../definitions/names/inference';
import type { ValidItem } from '../item';
import { writeJson, type JsonValue } from '../json';
import type { Codec, EncodedBatch, EncodedRequest, Kept } from './codec';
import { isBinaryOnly } from './datatype';
import { inputLayouts, type InputLayout } from './input-layout';
import type { NullRule } from './item-cells';
import { readInferAnswer } from './read-infer-answer';
import { size } from './shape';
import { tensorBytes } from './tensor-bytes';
import { tensorRows, type TensorRow } from './tensor-rows';
import type { ModelMetadata } from './v2-answer';

/** What {@link v2Codec} is made from. */
export interface V2Options {
  readonly model: Contract['kserve'];
  readonly metadata: ModelMetadata | undefined;
  readonly nullsByDefault: NullRule;
  readonly kept: Kept;
}

/**
 * The Open Inference Protocol over HTTP, tensors as JSON or in binary form.
 *
 * @throws RunnerError with exit code 2 for settings that can't work together
 */
export function v2Codec({ model, metadata, nullsByDefault, kept }: V2Options): Codec {
  const layouts = inputLayouts(model, metadata, nullsByDefault);
  const asked = outputsAsked(model, metadata);
  return {
    encode: (items, id) => encode(items, layouts, asked, id),
    decode: (answer, count) => readInferAnswer(answer, count, model.outputs, kept),
  };
}

type Members = Readonly<Record<string, JsonValue>>;

/** What a request says about the outputs; nothing, as upstream, where nothing is to be said. */
function outputsAsked({ outputs, v2 }: Contract['kserve'], metadata: ModelMetadata | undefined): Members {
  const mode = v2?.binary ?? 'off';
  const wanted = (metadata?.outputs ?? []).filter(
    ({ name }) => outputs === undefined || outputs.some((output) => output.name === name),
  );
  const binary = mode === 'on' || (mode === 'auto' && wanted.some(({ datatype }) => isBinaryOnly(datatype)));
  const form: Members = binary ? { parameters: { binary_data: true } } : {};
  if (outputs !== undefined) return { outputs: outputs.map(({ name }) => ({ name, ...form })) };
  return binary ? { parameters: { binary_data_output: true } } : {};
}

function encode(
  items: readonly ValidItem[],
  layouts: readonly InputLayout[],
  asked: Members,
  id: (first: number, last: number) => string,
): EncodedBatch {
  const { groups, refused } = tensorRows(items, layouts);
  const requests = groups.map((rows) => {
    const positions = rows.map(({ position }) => position);
    const [first, last] = [items[positions[0] ?? 0], items[positions.at(-1) ?? 0]];
    const head = { id: id(first?.index ?? 0, last?.index ?? 0), ...asked };
    return { positions, ...request(head, rows, layouts) };
  });
  return { requests, refused };
}

function request(
  head: Members,
  rows: readonly TensorRow[],
  layouts: readonly InputLayout[],
): Omit<EncodedRequest, 'positions'> {
  const pieces: Uint8Array[] = [];
  const inputs = layouts.map((layout, tensor) => {
    const { name, datatype, parameters, encoding, binary } = layout;
    const shape = [rows.length, ...(rows[0]?.dimensions[tensor] ?? [])];
    const data = rows.map(({ values }) => values[tensor] ?? null);
    if (!binary) return { name, shape, datatype, ...(parameters === undefined ? {} : { parameters }), data };
    const bytes = tensorBytes(datatype, data, size(shape), encoding);
    pieces.push(bytes);
    return { name, shape, datatype, parameters: { ...parameters, binary_data_size: bytes.length } };
  });
  const json = writeJson({ ...head, inputs });
  if (pieces.length === 0) return { headers: { 'content-type': 'application/json' }, body: json };
  const start = Buffer.from(json);
  return {
    headers: {
      'content-type': 'application/octet-stream',
      [inferenceHeaders.jsonLength]: String(start.length),
    },
    body: Buffer.concat([start, ...pieces]),
  };
}
