import { version } from '../../definitions/names/version';
import { type Manifest, mapAt } from './manifest';
import { mapPodTemplate } from './pod-template';

/** What a component says of its objects in the recommended labels. */
export interface ComponentLabels {
  /** Name of the application. */
  readonly name: string;
  /** Tells this installation of the application from others. */
  readonly instance: string;
  /** Role within the platform: `controller`, `api` ... */
  readonly component: string;
}

/**
 * Puts the recommended labels on an object and its pod template. Labels that a construct chose stay: some are a contract
 * with upstream's users. Selectors are never touched: they can't be changed in a cluster, and the version would change them.
 */
export function withLabels(manifest: Manifest, component: ComponentLabels): Manifest {
  const recommended = {
    'app.kubernetes.io/name': component.name,
    'app.kubernetes.io/instance': component.instance,
    'app.kubernetes.io/component': component.component,
    'app.kubernetes.io/part-of': 'slipway',
    'app.kubernetes.io/managed-by': 'slipway',
    'app.kubernetes.io/version': version,
  };
  const { metadata } = manifest;
  const labelled: Manifest = { ...manifest, metadata: { ...metadata, labels: { ...recommended, ...metadata.labels } } };
  return mapPodTemplate(labelled, (template) => {
    const podMetadata = mapAt(template, 'metadata');
    return {
      ...template,
      metadata: { ...podMetadata, labels: { ...recommended, ...mapAt(podMetadata, 'labels') } },
    };
  });
}
