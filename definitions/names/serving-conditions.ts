import type { ComponentName } from './serving';

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

/** Condition of each component. */
export const componentConditions = {
  predictor: servingConditions.predictorReady,
  transformer: servingConditions.transformerReady,
  explainer: servingConditions.explainerReady,
} as const satisfies Readonly<Record<ComponentName, ServingCondition>>;

/**
 * Conditions of upstream's controller that ours does not have (in Standard mode): it takes them away, for while one of them is False
 * GitOps tools wait although the service is ready.
 */
export const foreignModeConditions: readonly string[] = [
  'CanaryPredictorReady',
  'ExplainerConfigurationReady',
  'ExplainerRoutesReady',
  'LatestDeploymentReady',
  'OciImageVolumeCompatible',
  'PredictorConfigurationReady',
  'PredictorRouteReady',
  'RoutesReady',
  'TransformerConfigurationReady',
  'TransformerRouteReady',
];

/** Reasons that the controller itself gives; Deployments and gateways bring their own. */
export const servingReasons = {
  stopped: 'Stopped',
  reconcileFailed: 'ReconcileFailed',
  unsupportedDeploymentMode: 'UnsupportedDeploymentMode',
  parentStatusNotAvailable: 'ParentStatusNotAvailable',
  /** The Deployment controller has yet to look at what was written. */
  deploymentNotObserved: 'DeploymentNotObserved',
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
