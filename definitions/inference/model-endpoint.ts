import * as z from 'zod';
import { island } from '../schema/island';
import { atomicList } from '../schema/list';
import { objectReference } from './object-reference';

/** How a runner may speak to a model; `auto` decides from the URL. */
const protocols = ['auto', 'v1', 'v2'] as const;
export type Protocol = (typeof protocols)[number];

/** Datatypes of the Open Inference Protocol. */
export const tensorDatatypes = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
  'BF16',
] as const;
export type TensorDatatype = (typeof tensorDatatypes)[number];

/** The model, as upstream writes it. It may also stand flat in `spec`. */
export const modelShape = {
  modelName: z.string().describe('Name of the model.').exactOptional(),
  modelUrl: z
    .string()
    .describe('URL of the inference call; http:// is put before one without scheme, a path is added to one without.')
    .exactOptional(),
  modelVersion: z
    .string()
    .describe('Version of the model for people; v1 and v2 are understood as the protocol.')
    .exactOptional(),
  modelInputName: z.string().describe('Name of the only input tensor.').exactOptional(),
} as const;
export const modelFields = ['modelName', 'modelUrl', 'modelVersion', 'modelInputName'] as const;

/** What an item becomes a tensor of. */
const inputTensor = z.strictObject({
  name: z
    .string()
    .describe('Name of the tensor. Defaults to modelInputName, else to the first the model has.')
    .exactOptional(),
  datatype: z.enum(tensorDatatypes).describe('Datatype. Defaults to what the model says, else FP32.').exactOptional(),
  shape: atomicList(z.int().min(-1))
    .describe('Shape, the first dimension the batch. Defaults to what the model says, else to that of the items.')
    .exactOptional(),
  from: z
    .string()
    .describe('Part of the item: a column, columns separated by commas, or a JSONPath. Defaults to the item.')
    .exactOptional(),
  null: z
    .enum(['zero', 'nan', 'error'])
    .describe('What null cells become. Defaults to error, zero for kind krateo.')
    .exactOptional(),
  encoding: z
    .enum(['utf8', 'base64'])
    .describe('How text stands for the bytes of BYTES. Defaults to utf8.')
    .exactOptional(),
  parameters: island<Readonly<Record<string, unknown>>>().describe('Parameters of the tensor.').exactOptional(),
});
export type InputTensor = z.infer<typeof inputTensor>;

const outputTensor = z.strictObject({
  name: z.string().describe('Name of the tensor the model answers.'),
  as: z.string().describe('Name in the results. Defaults to the name.').exactOptional(),
});

/** What is ours beside upstream's four fields. */
export const endpointShape = {
  protocol: z
    .enum(protocols)
    .describe('How to speak to the model. Defaults to auto: decided from the URL.')
    .exactOptional(),
  endpointRef: objectReference.describe('Secret with credentials and TLS settings of the model.').exactOptional(),
  headers: atomicList(z.string()).describe('Headers of every request, `Name: value`.').exactOptional(),
  inputs: atomicList(inputTensor).describe('How items become input tensors.').exactOptional(),
  outputs: atomicList(outputTensor).describe('Tensors of the answer that are kept; all by default.').exactOptional(),
  v2: z
    .strictObject({
      binary: z
        .enum(['auto', 'on', 'off'])
        .describe('Whether tensors travel in binary form. Defaults to off; auto uses it for what JSON can’t hold.')
        .exactOptional(),
    })
    .describe('Settings of protocol v2.')
    .exactOptional(),
  instances: island<Readonly<Record<string, unknown>>>()
    .describe('Constant fields beside `instances` in requests of protocol v1.')
    .exactOptional(),
} as const;
