/** Names of the serving API that controllers and charts share. */

/** API group of InferenceService and its companions. */
export const servingGroup = 'serving.kserve.io';

/** Annotation (user): `true` scales the InferenceService away while the object lives. */
export const stopAnnotation = 'serving.kserve.io/stop';
