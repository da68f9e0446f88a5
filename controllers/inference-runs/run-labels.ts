import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import { queueLabelPrefix, runController, runLabels, runnerComponent } from '../../definitions/names/inference';
import type { Attempt } from './contract';

/** Most characters of a label's value. */
const labelLength = 63;

/** Labels of everything that is made for a run: by them it is watched, found and counted. */
export function objectLabels(run: InferenceRun, config: InferenceConfig, attempt: Attempt): Record<string, string> {
  return {
    [runLabels.managedBy]: runController,
    [runLabels.component]: runnerComponent,
    [runLabels.run]: labelValue(run.metadata.name),
    [runLabels.runUid]: run.metadata.uid ?? '',
    [runLabels.config]: labelValue(config.metadata.name),
    [runLabels.attempt]: String(attempt),
  };
}

/** Labels of a run by which a queue holds its Jobs back. */
export function queueLabels({ metadata: { labels = {} } }: InferenceRun): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name.startsWith(queueLabelPrefix)));
}

/** A name as the value of a label: cut, and without what a value may not end with. */
function labelValue(name: string): string {
  return name.slice(0, labelLength).replace(/[^A-Za-z0-9]+$/, '');
}
