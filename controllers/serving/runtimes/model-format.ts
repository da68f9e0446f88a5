import type { ServingRuntimeSpec } from '../../../definitions/serving/serving-runtime-spec';

/** A format that a predictor asks for. */
export interface WantedFormat {
  readonly name: string;
  /** Compared as text: `1` is not `1.0`. */
  readonly version?: string;
}

type Formats = ServingRuntimeSpec['supportedModelFormats'];

/** Whether a runtime that was named by the user loads a format. Without a version, an entry of any version does. */
export function loads(formats: Formats, wanted: WantedFormat): boolean {
  return (formats ?? []).some((format) => matches(format, wanted));
}

/** Whether a runtime may be chosen for a format: by an entry that allows it. */
export function loadsAutomatically(formats: Formats, wanted: WantedFormat): boolean {
  return (formats ?? []).some((format) => format.autoSelect === true && matches(format, wanted));
}

/** Priority of a runtime for a format: that of the first entry of its name, whatever its version. */
export function priorityFor(formats: Formats, { name }: WantedFormat): number | undefined {
  return formats?.find((format) => format.name === name)?.priority;
}

function matches(format: NonNullable<Formats>[number], wanted: WantedFormat): boolean {
  return format.name === wanted.name && (wanted.version === undefined || format.version === wanted.version);
}
