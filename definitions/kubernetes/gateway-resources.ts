import type { ApiResource, KubernetesObject } from './api-resource';

/** Gateway API, as far as we write or read it (v1). */
export const gatewayGroup = 'gateway.networking.k8s.io';

/** A header and what its value has to be. */
export interface HttpHeaderMatch {
  readonly type?: 'Exact' | 'RegularExpression';
  readonly name: string;
  readonly value: string;
}

/** A request that a rule is for: all of what is given has to fit. */
export interface HttpRouteMatch {
  readonly path?: { readonly type?: 'Exact' | 'PathPrefix' | 'RegularExpression'; readonly value?: string };
  readonly headers?: readonly HttpHeaderMatch[];
}

/** Sets headers on the request before the backend gets it. */
export interface RequestHeaderFilter {
  readonly type: 'RequestHeaderModifier';
  readonly requestHeaderModifier: { readonly set: readonly { readonly name: string; readonly value: string }[] };
}

/** A Service that gets a share of a rule's requests. */
export interface HttpBackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  /** Share, relative to the sum of the rule's weights. Defaults to 1. */
  readonly weight?: number;
}

/** Where requests go that fit one of `matches`. */
export interface HttpRouteRule {
  readonly matches?: readonly HttpRouteMatch[];
  readonly filters?: readonly RequestHeaderFilter[];
  readonly backendRefs?: readonly HttpBackendRef[];
  /** Durations as the Gateway API writes them: up to four numbers of at most five digits with h, m, s or ms. */
  readonly timeouts?: { readonly request?: string };
}

/** Something that routes attach to, usually a Gateway. */
export interface ParentReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What one gateway says of a route. */
export interface RouteParentStatus {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly reason: string;
    readonly message: string;
    readonly observedGeneration?: number;
    readonly lastTransitionTime: string;
  }[];
}

/** Routes requests for hosts from gateways to Services. */
export interface HttpRoute extends KubernetesObject {
  readonly spec: {
    readonly parentRefs?: readonly ParentReference[];
    /** At most 16. */
    readonly hostnames?: readonly string[];
    readonly rules?: readonly HttpRouteRule[];
  };
  readonly status?: { readonly parents: readonly RouteParentStatus[] };
}

/** Most hosts of one HTTPRoute. */
export const mostHostnames = 16;

export const httpRoutes: ApiResource<HttpRoute> = {
  group: gatewayGroup,
  version: 'v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  scope: 'Namespaced',
};
