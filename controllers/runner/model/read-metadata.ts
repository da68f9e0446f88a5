import * as z from 'zod';
import { causeText } from '../../runtime/cause-text';
import { parseJson } from '../json';
import type { ReceivedAnswer } from './model-connection';
import { modelMetadata, type ModelMetadata } from './v2-answer';

/**
 * What a model says about its tensors.
 *
 * @throws Error in words, when it says nothing that can be read
 */
export function readMetadata({ body }: Pick<ReceivedAnswer, 'body'>): ModelMetadata {
  let said: unknown;
  try {
    said = parseJson(body.toString('utf8'));
  } catch (error) {
    throw new Error(`it is not JSON: ${causeText(error)}`, { cause: error });
  }
  const read = modelMetadata.safeParse(said);
  if (!read.success) throw new Error(z.prettifyError(read.error));
  return read.data;
}
