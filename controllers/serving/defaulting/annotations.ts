import type { InferenceService } from '../../../definitions/serving/inference-service';

/** Values to set by key; `undefined` removes the key. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** The service with other annotations. */
export function withAnnotations(service: InferenceService, changes: Changes): InferenceService {
  return { ...service, metadata: { ...service.metadata, ...changed('annotations', service, changes) } };
}

/** The service with other labels. */
export function withLabels(service: InferenceService, changes: Changes): InferenceService {
  return { ...service, metadata: { ...service.metadata, ...changed('labels', service, changes) } };
}

function changed(member: 'annotations' | 'labels', { metadata }: InferenceService, changes: Changes) {
  const before = metadata[member];
  const after = Object.fromEntries(
    Object.entries({ ...before, ...changes }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  // No map is made only to stay empty.
  return before === undefined && Object.keys(after).length === 0 ? {} : { [member]: after };
}
