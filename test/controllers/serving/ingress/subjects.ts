import type { V1Service, V1ServicePort } from '@kubernetes/client-node';
import type * as z from 'zod';
import type { ComponentPlan } from '../../../../controllers/serving/component-plan';
import type { ComponentPlans } from '../../../../controllers/serving/ingress/component-plans';
import type {
  DesiredHttpRoute,
  DesiredHttpRoutes,
  RouteSources,
} from '../../../../controllers/serving/ingress/http-routes';
import type { IngressSettings } from '../../../../controllers/serving/ingress/settings';
import { inferenceServiceConfigSchemas } from '../../../../definitions/config/inference-service-config';
import type { ComponentName } from '../../../../definitions/names/serving';
import type { InferenceService } from '../../../../definitions/serving/inference-service';

/** What every test's InferenceService belongs to. */
export const namespace = 'ml-models';

/** The document `ingress` as KServe ships it, and what a test is about. */
export function settings(changes: z.input<typeof inferenceServiceConfigSchemas.ingress> = {}): IngressSettings {
  return inferenceServiceConfigSchemas.ingress.parse({
    kserveIngressGateway: 'kserve/kserve-ingress-gateway',
    ingressGateway: 'knative-serving/knative-ingress-gateway',
    ingressClassName: 'istio',
    ...(changes as object),
  });
}

/** An InferenceService named `iris`, as far as ingress looks at it. */
export function iris(metadata: Partial<InferenceService['metadata']> = {}): InferenceService {
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: 'iris', namespace, uid: 'uid-1', generation: 3, ...metadata },
    spec: { predictor: {} },
  };
}

/** Owner reference of {@link iris}. */
export const owner = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  name: 'iris',
  uid: 'uid-1',
  controller: true,
  blockOwnerDeletion: true,
};

/** Plan of a component of `iris`. */
export function plan(component: ComponentName, changes: Partial<ComponentPlan> = {}): ComponentPlan {
  return {
    component,
    name: `iris-${component}`,
    namespace,
    labels: {},
    annotations: {},
    podSpec: { containers: [] },
    extension: {},
    ...changes,
  };
}

/** Plans of a predictor and of what stands beside it. */
export function plansWith(...others: readonly Exclude<ComponentName, 'predictor'>[]): ComponentPlans {
  return {
    predictor: plan('predictor'),
    ...Object.fromEntries(others.map((component) => [component, plan(component)])),
  };
}

/** A Service with ports. */
export function service(ports: readonly V1ServicePort[], clusterIP = '10.0.0.7'): Pick<V1Service, 'spec'> {
  return { spec: { clusterIP, ports: [...ports] } };
}

/** Sources of routes of {@link iris} with its predictor alone, and what a test is about. */
export function sources(changes: Partial<RouteSources> = {}): RouteSources {
  return {
    isvc: iris(),
    plans: plansWith(),
    services: {},
    settings: settings({ enableGatewayApi: true }),
    disallowed: { serviceAnnotationDisallowedList: [], serviceLabelDisallowedList: [] },
    owner,
    ...changes,
  };
}

/** All routes, that of the service last. */
export function listed({ predictor, transformer, explainer, top }: DesiredHttpRoutes): readonly DesiredHttpRoute[] {
  return [predictor, transformer, explainer, top].flatMap((route) => route ?? []);
}
