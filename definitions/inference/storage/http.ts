import * as z from 'zod';
import { objectReference } from '../object-reference';
import { inputFormatShape } from './input-format';
import { outputFormatShape } from './output-format';

const header = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/, 'must be `Name: value`');

const serverShape = {
  url: z
    .string()
    .regex(/^https?:\/\/[^/]/, 'must begin with http:// or https://')
    .describe('Address that is asked.')
    .exactOptional(),
  endpointRef: objectReference
    .describe('Secret with address, credentials and TLS settings of the server, in place of url.')
    .exactOptional(),
  path: z.string().describe('Path behind the address of the endpoint.').exactOptional(),
  headers: z.array(header).describe('Headers of every request, `Name: value`.').exactOptional(),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .describe('Seconds until an answer begins, and between two pieces of it. Defaults to 60.')
    .exactOptional(),
} as const;

const oneServer = {
  check: ({ url, endpointRef, path }: HttpServerSettings) =>
    (url === undefined) !== (endpointRef === undefined) && (path === undefined || endpointRef !== undefined),
  message: 'needs url, or endpointRef with path',
};

export type HttpServerSettings = z.infer<z.ZodObject<typeof serverShape>>;

const pagination = z.strictObject({
  type: z
    .enum(['none', 'link', 'cursor', 'offset', 'page'])
    .describe('How the next page is asked for: header Link, a cursor in the answer, an offset, a number from 1.'),
  param: z.string().min(1).describe('Parameter of the query for it. Defaults to the type.').exactOptional(),
  sizeParam: z
    .string()
    .min(1)
    .describe('Parameter for the size. Defaults to limit, size for type page.')
    .exactOptional(),
  size: z.int().min(1).describe('Items of a page. Defaults to 1000.').exactOptional(),
  next: z.string().describe('JSONPath to the next cursor in the answer. Defaults to $.next.').exactOptional(),
});
export type Pagination = z.infer<typeof pagination>;

/** Settings of `storage.input.http`. */
export const httpInput = z
  .strictObject({
    ...serverShape,
    method: z.enum(['GET', 'POST', 'PUT']).describe('Defaults to GET.').exactOptional(),
    body: z.string().describe('Body of every request.').exactOptional(),
    pagination: pagination.describe('How an input of several pages is read. Defaults to one page.').exactOptional(),
    ...inputFormatShape,
  })
  .refine(oneServer.check, { message: oneServer.message });

/** Settings of `storage.output.http`. */
export const httpOutput = z
  .strictObject({
    ...serverShape,
    method: z.enum(['POST', 'PUT', 'PATCH']).describe('Defaults to POST.').exactOptional(),
    batchItems: z.int().min(1).max(1_000_000).describe('Items of a request. Defaults to 1000.').exactOptional(),
    bodyTemplate: z
      .string()
      .refine((template) => template.includes('{{items}}'), 'needs {{items}}, which stands for the list of results')
      .describe(
        'JSON to send: {{items}} is the list of results, {{executionId}}, {{first}}, {{last}} and {{count}} are texts in it.',
      )
      .exactOptional(),
    idempotencyHeader: z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header')
      .describe('Header that is equal for equal requests. Defaults to Idempotency-Key.')
      .exactOptional(),
    mode: z
      .literal('append')
      .describe('Results are handed over; what the server has is its own affair.')
      .exactOptional(),
    ...outputFormatShape,
  })
  .refine(oneServer.check, { message: oneServer.message });
