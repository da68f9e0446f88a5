/** Annotations by which our manifests say what they can't show otherwise. */

/** On a workload: objects that its pods refer to and that somebody else brings, as `Kind/name`, separated by a comma. */
export const externalReferencesAnnotation = 'slipway.dev/external-references';

/** On a Job: the object that it creates, as `Kind/name`. */
export const generatesAnnotation = 'slipway.dev/generates';
