/**
 * Settings and InferenceService together give nothing that an Ingress or a route could be made of. Trying again does not
 * help: settings, or the InferenceService, have to change.
 */
export class IngressFailure extends Error {}
