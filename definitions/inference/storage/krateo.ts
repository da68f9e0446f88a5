import * as z from 'zod';
import { objectReference } from '../object-reference';

/** A call as Krateo's APIs write it. Objects of theirs can have members that we don't know: nothing here is strict. */
const api = z.looseObject({
  endpointRef: objectReference.describe('Endpoint Secret of the server.'),
  path: z.string().default('').describe('Path, with query: `/compute/<notebook>` of the database handler.'),
  // Upstream's runners send GET, with the body, where nothing is said.
  verb: z
    .string()
    .default('')
    .transform((verb) => (verb.trim() === '' ? 'GET' : verb.trim().toUpperCase()))
    .refine((verb) => /^[A-Z]+$/.test(verb), 'expected an HTTP method')
    .describe('HTTP method. Defaults to GET.'),
  headers: z.array(z.string()).default([]).describe('Headers, `Name: value`.'),
  payload: z.string().default('').describe('JSON object that the parameters of the run go over.'),
});
export type KrateoApi = z.output<typeof api>;

const callShape = {
  api: api.describe('The call.'),
  checkNotebook: z
    .boolean()
    .default(true)
    .describe('Whether the notebook of a path `/compute/<notebook>` must be in the handler’s list.'),
  allowEqualsSign: z
    .boolean()
    .default(false)
    .describe('Whether values of parameters may contain `=`, where the notebooks of Krateo cut them.'),
};

/** Settings of `storage.input.krateo`. */
export const krateoInput = z.looseObject({
  ...callShape,
  resultField: z.string().min(1).default('result').describe('Member of the answer that has the rows.'),
});
export type KrateoInput = z.output<typeof krateoInput>;

/**
 * Most bytes of the predictions: the handler hands them to the notebook as one argument `predictions=...` of its process, and Linux takes
 * at most 131,071 bytes in one.
 */
const longestPredictions = 131_059;

/** Settings of `storage.output.krateo`. */
export const krateoOutput = z.looseObject({
  ...callShape,
  successBody: z
    .enum(['emptyOrJson', 'any'])
    .default('emptyOrJson')
    .describe('Which answers mean success: nothing and JSON without error, or any.'),
  maxPredictionsBytes: z
    .int()
    .min(2)
    .default(longestPredictions)
    .describe('Most bytes of the predictions in one call.'),
  chunking: z
    .looseObject({
      offsetParameter: z
        .string()
        .min(1)
        .describe('Parameter that says which value of the run the first one of a call is.')
        .exactOptional(),
    })
    .default({})
    .describe('How results come in several calls.'),
  executionIdIn: z
    .enum(['none', 'pod_uid'])
    .default('none')
    .describe('Whether pod_uid has the UID of the Job, the same for each pod of it.'),
});
export type KrateoOutput = z.output<typeof krateoOutput>;
