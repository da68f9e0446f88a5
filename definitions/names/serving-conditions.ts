/** Conditions, reasons and events of InferenceServices. Alerts, health checks and users match on them. */

export const servingConditions = {
  ready: 'Ready',
  predictorReady: 'PredictorReady',
  transformerReady: 'TransformerReady',
  explainerReady: 'ExplainerReady',
  ingressReady: 'IngressReady',
  stopped: 'Stopped',
} as const;
export type ServingCondition = (typeof servingConditions)[keyof typeof servingConditions];

/** Reasons that the controller itself gives; Deployments and gateways bring their own. */
export const servingReasons = {
  stopped: 'Stopped',
  reconcileFailed: 'ReconcileFailed',
  unsupportedDeploymentMode: 'UnsupportedDeploymentMode',
  parentStatusNotAvailable: 'ParentStatusNotAvailable',
  /** Routes are wanted, and the cluster has no kind for them. */
  gatewayApiNotInstalled: 'GatewayApiNotInstalled',
  /** A child of this name belongs to somebody else. */
  notOurs: 'ChildNotOurs',
} as const;

/** Reasons and messages of IngressReady that name who is not ready yet: a component, or the InferenceService as a whole. */
export const ingressTexts = {
  notCreated: (title: string) => `${title} ingress not created`,
  deploymentNotReady: (title: string) => `${title} Deployment NotReady`,
  routeNotCreated: (title: string) => `${title} HTTPRoute not created`,
  routeNotReady: (title: string) => `${title} HttpRouteNotReady`,
} as const;

/** Why a model does not serve: `status.modelStatus.lastFailureInfo.reason`. */
export type ModelFailureReason =
  | 'ModelLoadFailed'
  | 'RuntimeUnhealthy'
  | 'RuntimeDisabled'
  | 'NoSupportingRuntime'
  | 'RuntimeNotRecognized'
  | 'InvalidPredictorSpec';

/** Reasons of events. */
export const servingEvents = {
  ready: 'InferenceServiceReady',
  notReady: 'InferenceServiceNotReady',
  internalError: 'InternalError',
  updateFailed: 'UpdateFailed',
  modelLoadFailed: 'ModelLoadFailed',
  predictorPodBlocked: 'PredictorPodBlocked',
  unsupportedDeploymentMode: 'UnsupportedDeploymentMode',
  scaleMetricUnsupported: 'ScaleMetricUnsupported',
  configurationInvalid: 'ConfigurationInvalid',
  childNotOurs: 'ChildNotOurs',
  ociImageVolume: 'OciImageVolumeCompatible',
} as const;
export type ServingEventReason = (typeof servingEvents)[keyof typeof servingEvents];
