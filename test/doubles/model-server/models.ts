import type { TensorMessage } from './tensor-message';

/** An output of a model of the double: numbers as text, or bytes that came in. */
export interface ModelOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly text?: string;
  readonly bytes?: Buffer;
  readonly cells?: readonly unknown[];
}

export interface TensorDescription {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** A model of the double. */
export interface ServedModel {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  /** Whether `GET` of the model tells its tensors; KServe's scikit-learn server leaves the lists empty. */
  readonly tells: boolean;
  /** @throws Refused */
  infer(inputs: readonly TensorMessage[]): readonly ModelOutput[];
  /** Protocol v1. @throws Refused */
  predict?(instances: readonly unknown[]): readonly unknown[];
}

/** A request that a model does not take: status 400. */
export class Refused extends Error {}

/** Time series: 96 values that continue 512. Not TTM, only its shapes: each value is one of the last 96, plus a half. */
const ttm: ServedModel = {
  inputs: [{ name: 'past_values', datatype: 'FP32', shape: [-1, 512, 1] }],
  outputs: [{ name: 'forecast_output', datatype: 'FP32', shape: [-1, 96, 1] }],
  tells: true,
  infer(inputs) {
    const { numbers, shape } = numbersOf(inputs, 'past_values', ttm.inputs[0]?.shape ?? []);
    const count = shape[0] ?? 0;
    const values = Array.from({ length: count }, (_, row) =>
      forecast(numbers.slice(row * 512, (row + 1) * 512)),
    ).flat();
    return [{ name: 'forecast_output', datatype: 'FP32', shape: [count, 96, 1], text: values.join(',') }];
  },
};

export function forecast(past: readonly number[]): number[] {
  return past.slice(-96).map((value) => value + 0.5);
}

/** Species of an iris by the usual two thresholds. */
const iris: ServedModel = {
  inputs: [{ name: 'input-0', datatype: 'FP32', shape: [-1, 4] }],
  outputs: [{ name: 'predict', datatype: 'INT64', shape: [-1] }],
  tells: false,
  infer(inputs) {
    const { numbers, shape } = numbersOf(inputs, undefined, [-1, 4]);
    const count = shape[0] ?? 0;
    const species = Array.from({ length: count }, (_, row) => irisSpecies(numbers.slice(row * 4, (row + 1) * 4)));
    return [{ name: 'predict', datatype: 'INT64', shape: [count], text: species.join(',') }];
  },
  predict: (instances) => instances.map((instance) => irisSpecies(rowOf(instance))),
};

function irisSpecies(row: readonly number[]): number {
  const [, , petalLength = 0, petalWidth = 0] = row;
  if (petalLength < 2.5) return 0;
  return petalWidth < 1.8 ? 1 : 2;
}

function rowOf(instance: unknown): number[] {
  if (Array.isArray(instance) && instance.length === 4) return instance.map(Number);
  throw new Refused(
    `X has ${Array.isArray(instance) ? instance.length : 0} features, but expecting 4 features as input.`,
  );
}

/** Answers what it is asked, value by value, whatever the datatype. */
const identity: ServedModel = {
  inputs: [{ name: 'INPUT0', datatype: 'INT64', shape: [-1, -1] }],
  outputs: [{ name: 'OUTPUT0', datatype: 'INT64', shape: [-1, -1] }],
  tells: true,
  infer: (inputs) =>
    inputs.map((input, position) => {
      if (input.text !== undefined) checkCount(input.text, input);
      return { ...input, name: `OUTPUT${position}` };
    }),
};

/** Two inputs, two outputs: what several tensors look like. */
const pair: ServedModel = {
  inputs: [
    { name: 'width', datatype: 'FP64', shape: [-1, 1] },
    { name: 'label', datatype: 'BYTES', shape: [-1, 1] },
  ],
  outputs: [
    { name: 'double', datatype: 'FP64', shape: [-1, 1] },
    { name: 'shout', datatype: 'BYTES', shape: [-1, 1] },
  ],
  tells: true,
  infer(inputs) {
    const { numbers, shape } = numbersOf(inputs, 'width', [-1, 1]);
    const labels = inputs.find(({ name }) => name === 'label')?.cells ?? [];
    return [
      { name: 'double', datatype: 'FP64', shape, text: numbers.map((number) => number * 2).join(',') },
      { name: 'shout', datatype: 'BYTES', shape, cells: labels.map((label) => String(label).toUpperCase()) },
    ];
  },
};

export const servedModels: Readonly<Record<string, ServedModel>> = {
  'granite-timeseries-ttm-r2': ttm,
  'sklearn-iris': iris,
  identity,
  pair,
};

function numbersOf(
  inputs: readonly TensorMessage[],
  name: string | undefined,
  expected: readonly number[],
): { readonly numbers: readonly number[]; readonly shape: readonly number[] } {
  const input = name === undefined ? inputs[0] : inputs.find((tensor) => tensor.name === name);
  if (input === undefined) {
    throw new Refused(`unexpected inference input '${inputs[0]?.name ?? ''}', expected '${name ?? ''}'`);
  }
  const { shape } = input;
  const fits =
    shape.length === expected.length && expected.every((length, axis) => length === -1 || length === shape[axis]);
  if (!fits) {
    throw new Refused(
      `unexpected shape for input '${input.name}'. Expected [${expected.join(',')}], got [${shape.join(',')}]`,
    );
  }
  return { numbers: input.bytes === undefined ? textNumbers(input) : [...float32(input.bytes)], shape };
}

function textNumbers(input: TensorMessage): readonly number[] {
  const { text = '' } = input;
  checkCount(text, input);
  return text.split(',').map(Number);
}

function float32(bytes: Buffer): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function checkCount(text: string, { name, shape }: TensorMessage): void {
  const [count, expected] = [text.split(',').length, shape.reduce((product, length) => product * length, 1)];
  if (count !== expected) throw new Refused(`input '${name}': ${count} values for shape [${shape.join(',')}]`);
}
