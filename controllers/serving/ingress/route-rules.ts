import type { HttpBackendRef, HttpRouteMatch, HttpRouteRule } from '../../../definitions/kubernetes/gateway-resources';
import { services } from '../../../definitions/kubernetes/core-resources';
import { routeHeaders, servingPorts } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ComponentPlan } from '../component-plan';
import { quoted } from './path';
import { dualPorts, type ServiceFacts } from './service-ports';
import type { IngressSettings } from './settings';

/** A Service and its share of the requests; without a weight it gets them all. */
export interface WeightedBackend {
  readonly name: string;
  readonly weight?: number;
}

/** Where the requests of a rule go. */
export interface RouteTarget {
  readonly plan: ComponentPlan;
  /** Services behind the component, instead of its own alone. */
  readonly backends?: readonly WeightedBackend[];
  /** The component's Service, whose ports say which protocols it serves. */
  readonly service?: ServiceFacts;
}

const everything = '^/.*$';
const explainPath = String.raw`/v1/models/[\w-]+:explain`;
/** Seconds until a request is given up, unless the component says otherwise. */
const defaultTimeout = 60;

/** Makes the rules of the routes of one InferenceService. */
export class RouteRules {
  constructor(
    private readonly isvc: InferenceService,
    private readonly settings: IngressSettings,
  ) {}

  /** All requests: one rule, or two when the Service has ports of its own for gRPC and for HTTP. */
  all(target: RouteTarget): readonly HttpRouteRule[] {
    const ports = dualPorts(target.service);
    if (ports === undefined) return [this.rule(target, { path: regex(everything) })];
    const grpc: HttpRouteMatch = {
      path: regex(String.raw`^/inference\.GRPCInferenceService/.*$`),
      headers: [{ type: 'RegularExpression', name: 'content-type', value: '^application/grpc.*' }],
    };
    return [this.rule(target, grpc, ports.grpc), this.rule(target, { path: regex(everything) }, ports.http)];
  }

  /** Requests for explanations. */
  explain(target: RouteTarget): HttpRouteRule {
    return this.rule(target, { path: regex(`^${explainPath}$`) });
  }

  /** All requests below a path. */
  allBelow(path: string, target: RouteTarget): HttpRouteRule {
    return this.rule(target, { path: regex(`${quoted(path)}/`) });
  }

  /** Requests for explanations below a path. */
  explainBelow(path: string, target: RouteTarget): HttpRouteRule {
    return this.rule(target, { path: regex(`${quoted(path)}(${explainPath})$`) });
  }

  private rule(target: RouteTarget, match: HttpRouteMatch, port: number = servingPorts.service): HttpRouteRule {
    const { name, namespace = '' } = this.isvc.metadata;
    const { plan, backends = [{ name: plan.name }] } = target;
    const set = [
      { name: routeHeaders.name, value: name },
      { name: routeHeaders.namespace, value: namespace },
    ];
    return {
      matches: [match],
      filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set } }],
      backendRefs: backends.map((backend): HttpBackendRef => ({ kind: services.kind, ...backend, namespace, port })),
      ...(this.settings.disableHTTPRouteTimeout
        ? {}
        : { timeouts: { request: duration(plan.extension.timeout ?? defaultTimeout) } }),
    };
  }
}

/** Seconds as the Gateway API writes them: a number has at most five digits, so that long times need hours and minutes. */
export function duration(seconds: number): string {
  const most = 99_999;
  if (seconds <= most) return `${seconds}s`;
  const hours = Math.floor(seconds / 3600);
  if (hours > most) return `${most}h`;
  const parts = [
    [hours, 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join('');
}

function regex(value: string): NonNullable<HttpRouteMatch['path']> {
  return { type: 'RegularExpression', value };
}
