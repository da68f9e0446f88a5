import * as z from 'zod';
import { intOrString } from '../schema/int-or-string';

/**
 * A Kubernetes quantity such as `500m`, `2`, `1.5Gi` or `1e3`; the bare number may also be written as an integer. The
 * string stays as the user wrote it: nothing is brought to canonical form.
 */
export const quantity = intOrString(
  z
    .string()
    .regex(
      /^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$/,
      'not a quantity',
    ),
);
