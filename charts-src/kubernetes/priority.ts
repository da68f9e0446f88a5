import { type Manifest, mapAt } from './manifest';
import { mapPodTemplate } from './pod-template';

/** Gives a workload's pods the priority of the platform, unless their construct chose another. */
export function withPriority(manifest: Manifest, priorityClassName: string | undefined): Manifest {
  if (priorityClassName === undefined) return manifest;
  return mapPodTemplate(manifest, (template) => ({
    ...template,
    spec: { priorityClassName, ...mapAt(template, 'spec') },
  }));
}
