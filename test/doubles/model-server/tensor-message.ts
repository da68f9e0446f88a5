/** A tensor of a request as the double reads it: values as the text or bytes they came in, so that nothing can be rounded. */
export interface TensorMessage {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  /** JSON of the flat values; BYTES, or binary tensors, have none. */
  readonly text?: string;
  readonly bytes?: Buffer;
  readonly cells?: readonly unknown[];
}

/** A request of the Open Inference Protocol. */
export interface TensorRequest {
  readonly id: string | undefined;
  readonly inputs: readonly TensorMessage[];
  /** Names of `outputs`; `undefined` for all. */
  readonly outputs: readonly string[] | undefined;
  readonly binaryAnswer: boolean;
}

interface WrittenTensor {
  name: string;
  shape: number[];
  datatype: string;
  parameters?: { binary_data_size?: number };
  data?: unknown[];
}

interface WrittenRequest {
  id?: string;
  parameters?: { binary_data_output?: boolean };
  inputs: WrittenTensor[];
  outputs?: { name: string; parameters?: { binary_data?: boolean } }[];
}

/** Reads a request, in JSON or with binary tensors after it. @throws SyntaxError */
export function readTensorRequest(body: Buffer, jsonLength: number | undefined): TensorRequest {
  const text = body.subarray(0, jsonLength ?? body.length).toString('utf8');
  const written = JSON.parse(text) as WrittenRequest;
  const texts = dataTexts(text);
  let at = jsonLength ?? body.length;
  const inputs = written.inputs.map(({ name, shape, datatype, parameters, data }, position): TensorMessage => {
    const length = parameters?.binary_data_size;
    if (length !== undefined) {
      at += length;
      return { name, shape, datatype, bytes: body.subarray(at - length, at) };
    }
    if (datatype === 'BYTES') return { name, shape, datatype, cells: (data ?? []).flat(Infinity) };
    return { name, shape, datatype, text: texts[position] ?? '' };
  });
  return {
    id: written.id,
    inputs,
    outputs: written.outputs?.map(({ name }) => name),
    binaryAnswer:
      written.parameters?.binary_data_output === true ||
      (written.outputs ?? []).some(({ parameters }) => parameters?.binary_data === true),
  };
}

/** The numbers of each `data` as they stand in the text, without the brackets of nested lists. */
function dataTexts(text: string): readonly string[] {
  return [...text.matchAll(/"data":(\[[^"{}]*\])(?=[,}])/g)].map(([, data = '']) => data.replace(/[[\]\s]/g, ''));
}
