import * as z from 'zod';

/** Where something is reached from inside of the cluster (Knative's Addressable). */
export const address = z.strictObject({
  name: z.string().describe('Name of the address.').exactOptional(),
  url: z.string().describe('URL inside of the cluster.').exactOptional(),
  CACerts: z.string().describe('PEM certificates to trust.').exactOptional(),
  audience: z.string().describe('Audience of tokens for the address.').exactOptional(),
});
