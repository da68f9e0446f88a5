import * as z from 'zod';

/** Name of a namespace or of a Service: at most 63 lower-case letters, digits and dashes. */
export const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'expected at most 63 lower-case letters, digits and dashes');
