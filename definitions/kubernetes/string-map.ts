import * as z from 'zod';

/** Labels, annotations, parameters: text by name. */
export const stringMap = z.record(z.string(), z.string());
