import type { ServingRuntimeSpec } from '../../../definitions/serving/serving-runtime-spec';
import type { Runtime } from './serving-runtime';
import { type Refusal, firstRefusal } from './verdict';

export type RuntimeKind = 'ServingRuntime' | 'ClusterServingRuntime';

type Format = NonNullable<ServingRuntimeSpec['supportedModelFormats']>[number];

/** Refuses a runtime that gives one format two priorities, whatever other runtimes there are. */
export function refusedPriorities(kind: RuntimeKind, { metadata, spec }: Runtime): Refusal {
  const formats = chosenFormats(spec);
  return firstRefusal(formats, ({ name, priority }, index) => {
    const earlier = formats.slice(0, index).filter((format) => format.name === name);
    const differs = earlier.some(
      (format) => format.priority !== undefined && priority !== undefined && format.priority !== priority,
    );
    if (!differs) return undefined;
    return `different priorities assigned for the model format ${name} under the ${kind.toLowerCase()} ${metadata.name}`;
  });
}

/** Refuses a runtime that another one ties with: which of them serves a format would be left to chance. */
export function refusedConflict(kind: RuntimeKind, { metadata, spec }: Runtime, other: Runtime): Refusal {
  if (other.metadata.name === metadata.name || other.spec.disabled === true) return undefined;
  if ((spec.multiModel ?? false) !== (other.spec.multiModel ?? false)) return undefined;
  const protocols = other.spec.protocolVersions ?? [];
  if (spec.protocolVersions?.some((protocol) => protocols.includes(protocol)) !== true) return undefined;
  const theirs = chosenFormats(other.spec);
  const tied = chosenFormats(spec).find((format) => theirs.some((their) => ties(format, their)));
  if (tied === undefined) return undefined;
  const place = kind === 'ServingRuntime' ? ` in namespace ${metadata.namespace ?? ''}` : '';
  return (
    `same priority assigned for the model format ${tied.name} in the ${kind.toLowerCase()}s ` +
    `${other.metadata.name} and ${metadata.name}${place}`
  );
}

function chosenFormats({ supportedModelFormats = [] }: ServingRuntimeSpec): readonly Format[] {
  return supportedModelFormats.filter(({ autoSelect }) => autoSelect === true);
}

function ties(a: Format, b: Format): boolean {
  return (
    a.name.toLowerCase() === b.name.toLowerCase() &&
    a.version === b.version &&
    a.priority !== undefined &&
    a.priority === b.priority
  );
}
