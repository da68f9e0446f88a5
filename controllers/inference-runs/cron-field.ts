/** What one of the five fields of a schedule may say. */
export interface CronFieldBounds {
  /** For errors. */
  readonly field: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names?: readonly string[];
}

/** A field as read. */
export interface CronField {
  /** Values that match, ascending. */
  readonly values: readonly number[];
  /** Whether it says every value with `*` or `?`: then the other field of days decides alone. */
  readonly isOpen: boolean;
}

/** A part of a schedule that Kubernetes refuses. */
export class InvalidCronField extends Error {
  constructor({ field }: CronFieldBounds, part: string, problem: string) {
    super(`${field}: ${JSON.stringify(part)} ${problem}`);
    this.name = 'InvalidCronField';
  }
}

/**
 * Reads a field as CronJobs do: parts separated by commas, each `*`, `?`, a value or a range, and a step.
 *
 * @throws InvalidCronField
 */
export function parseCronField(text: string, bounds: CronFieldBounds): CronField {
  const parts = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => parsePart(part, bounds));
  const values = new Set(parts.flatMap((part) => part.values));
  return { values: [...values].sort((one, other) => one - other), isOpen: parts.some((part) => part.isOpen) };
}

function parsePart(part: string, bounds: CronFieldBounds): CronField {
  const refuse = (problem: string) => new InvalidCronField(bounds, part, problem);
  const [range = '', stepText, ...moreSteps] = part.split('/');
  const [lowText = '', highText, ...moreRanges] = range.split('-');
  const isOpen = lowText === '*' || lowText === '?';
  if (moreSteps.length > 0) throw refuse('has more than one slash');
  if (moreRanges.length > 0 && !isOpen) throw refuse('has more than one hyphen');
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (step === undefined || step === 0) throw refuse('has a step that is no positive number');
  const low = isOpen ? bounds.min : valueOf(lowText, bounds);
  const high =
    isOpen || (highText === undefined && stepText !== undefined) ? bounds.max : valueOf(highText ?? lowText, bounds);
  if (low === undefined || high === undefined) throw refuse(`is no ${bounds.field}`);
  if (low < bounds.min || high > bounds.max) throw refuse(`is outside of ${bounds.min} to ${bounds.max}`);
  if (low > high) throw refuse('ends before it begins');
  const values = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
  return { values, isOpen: isOpen && step === 1 };
}

function valueOf(text: string, { min, names = [] }: CronFieldBounds): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  return named === -1 ? wholeNumber(text) : min + named;
}

function wholeNumber(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? Number(text) : undefined;
}
