import { badRequest } from './refusal';

/** Whether Go's `strconv.ParseInt(text, 10, 32)` accepts the text: a leading `+` or zeros are fine. */
export function isInt32(text: string): boolean {
  const value = decimal(text);
  return value >= -(2 ** 31) && value < 2 ** 31;
}

/**
 * Reads a decimal signed 32-bit number.
 *
 * @param meaning what the text should have been, for the message
 * @throws Refusal 400 that says whether the syntax or the range is wrong
 */
export function parseInt32(meaning: string, text: string): number {
  if (isInt32(text)) return Number(text);
  const cause = Number.isNaN(decimal(text)) ? 'invalid syntax' : 'value out of range';
  throw badRequest(`invalid ${meaning}: strconv.ParseInt: parsing ${JSON.stringify(text)}: ${cause}`);
}

const decimal = (text: string) => (/^[+-]?[0-9]+$/.test(text) ? Number(text) : NaN);
