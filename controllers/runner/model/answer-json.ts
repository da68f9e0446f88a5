import { causeText } from '../../runtime/cause-text';
import { errorCodes } from '../error-code';
import { ItemError } from '../item';
import { parseJson, type JsonValue } from '../json';
import { excerpt } from './refusal';

/** What Python and Triton write for numbers that JSON does not have, and the strings in which it may stand. */
const stringOrNoNumber = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/**
 * Reads the JSON of an answer. Numbers that are none become null, which they would be in the results anyway.
 *
 * @throws ItemError MODEL_ERROR
 */
export function answerJson(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    const mended = text.replace(stringOrNoNumber, (found) => (found.startsWith('"') ? found : 'null'));
    if (mended !== text) return parsed(mended, text);
    throw notJson(error, text);
  }
}

function parsed(mended: string, text: string): JsonValue {
  try {
    return parseJson(mended);
  } catch (error) {
    throw notJson(error, text);
  }
}

function notJson(error: unknown, text: string): ItemError {
  // V8's words quote the text, at any length.
  const words = text.trim() === '' ? 'it is empty' : `${excerpt(causeText(error), 60)}: ${excerpt(text, 100)}`;
  return new ItemError(errorCodes.modelError, `the answer of the model is not JSON: ${words}`, false);
}
