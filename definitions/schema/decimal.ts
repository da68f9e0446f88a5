import * as z from 'zod';

/**
 * A number with a fraction, between two bounds. Clients may write it with other digits, so it is for shares and factors that nobody
 * compares for equality; amounts are integers or quantities.
 */
export function decimal(minimum: number, maximum: number): z.ZodNumber {
  return z.number().min(minimum).max(maximum).meta({ format: 'double' });
}
