import { topHost } from '../../../../controllers/serving/ingress/host';
import { IngressFailure } from '../../../../controllers/serving/ingress/ingress-failure';
import { ingressReadiness, refusedIngress } from '../../../../controllers/serving/ingress/readiness';
import type { HttpRoute, RouteParentStatus } from '../../../../definitions/kubernetes/gateway-resources';
import { iris, namespace, owner, plansWith, settings } from './subjects';

type Conditions = readonly (readonly [
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
])[];

const accepted: Conditions = [
  ['Accepted', 'True', 'Accepted', 'Route was valid'],
  ['ResolvedRefs', 'True', 'ResolvedRefs', 'All references resolved'],
];

function parent(conditions: Conditions): RouteParentStatus {
  return {
    parentRef: { name: 'kserve-ingress-gateway' },
    controllerName: 'istio.io/gateway-controller',
    conditions: conditions.map(([type, status, reason, message]) => ({
      type,
      status,
      reason,
      message,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    })),
  };
}

function route(name: string, parents?: readonly RouteParentStatus[], metadata: object = {}): HttpRoute {
  return {
    metadata: { name, namespace, ownerReferences: [owner], ...metadata },
    spec: {},
    ...(parents !== undefined && { status: { parents } }),
  };
}

const fine = (name: string) => route(name, [parent(accepted)]);
const allFine = ['iris-predictor', 'iris-transformer', 'iris-explainer', 'iris'].map(fine);
const allBut = (changed: HttpRoute) =>
  allFine.map((live) => (live.metadata.name === changed.metadata.name ? changed : live));
const without = (name: string) => allFine.filter(({ metadata }) => metadata.name !== name);
const plans = plansWith('transformer', 'explainer');
const allReady = { predictor: true, transformer: true, explainer: true };

/** IngressReady of `iris` with all components, by routes. */
const byRoutes = (routes: readonly HttpRoute[]) => ingressReadiness('gateway', iris(), plans, allReady, routes);

describe('IngressReady by routes', () => {
  test('is True once every route is accepted', () => {
    expect(byRoutes(allFine)).toEqual({ status: 'True' });
  });

  test('stays True when a component is not ready: the routes are there', () => {
    expect(ingressReadiness('gateway', iris(), plans, {}, allFine)).toEqual({ status: 'True' });
  });

  test.each([
    ['Predictor', 'iris-predictor'],
    ['Transformer', 'iris-transformer'],
    ['Explainer', 'iris-explainer'],
    ['InferenceService', 'iris'],
  ])('of %s is False while the route is missing, is deleted or is another’s', (title, name) => {
    const expected = {
      status: 'False',
      reason: `${title} Deployment NotReady`,
      message: `${title} HTTPRoute not created`,
    };
    const others = { ownerReferences: [{ ...owner, uid: 'uid-0' }] };
    expect(byRoutes(without(name))).toEqual(expected);
    const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(byRoutes(allBut(route(name, [parent(accepted)], deleted)))).toEqual(expected);
    expect(byRoutes(allBut(route(name, [parent(accepted)], others)))).toEqual(expected);
  });

  test.each([
    ['no status', undefined],
    ['no parents', []],
  ])('is False while a route has %s', (_what, parents) => {
    expect(byRoutes(allBut(route('iris-transformer', parents)))).toEqual({
      status: 'False',
      reason: 'ParentStatusNotAvailable',
      message: 'Transformer HttpRouteNotReady',
    });
  });

  test('is False with what any gateway says against a route', () => {
    const refused: Conditions = [
      ['Accepted', 'True', 'Accepted', ''],
      ['ResolvedRefs', 'False', 'BackendNotFound', 'service iris-predictor is 100% gone'],
    ];
    expect(byRoutes(allBut(route('iris', [parent(accepted), parent(refused)])))).toEqual({
      status: 'False',
      reason: 'BackendNotFound',
      message: 'InferenceService service iris-predictor is 100% gone',
    });
  });

  test('is True while a gateway does not know yet', () => {
    const unknown: Conditions = [['Programmed', 'Unknown', 'Pending', 'wait']];
    expect(byRoutes(allBut(route('iris', [parent(unknown)])))).toEqual({ status: 'True' });
  });

  test('tells the first route that is missing: predictor, transformer, explainer, service', () => {
    const messages = ['iris-predictor', 'iris-transformer', 'iris-explainer', 'iris'].map(
      (_name, index) => byRoutes(allFine.slice(0, index)).message,
    );
    expect(messages).toEqual(
      ['Predictor', 'Transformer', 'Explainer', 'InferenceService'].map((title) => `${title} HTTPRoute not created`),
    );
  });

  test('asks for no route of a component that does not exist', () => {
    const routes = [fine('iris-predictor'), fine('iris')];
    expect(ingressReadiness('gateway', iris(), plansWith(), allReady, routes)).toEqual({ status: 'True' });
  });
});

describe('IngressReady by an Ingress', () => {
  test.each([
    [[], {}, 'Predictor ingress not created'],
    [[], { predictor: true }, undefined],
    [['transformer'], {}, 'Predictor ingress not created'],
    [['transformer'], { predictor: true }, 'Transformer ingress not created'],
    [['transformer'], { predictor: true, transformer: true }, undefined],
    [['explainer'], { predictor: true, explainer: false }, 'Explainer ingress not created'],
    [['explainer'], { predictor: true, explainer: true }, undefined],
    [['transformer', 'explainer'], { predictor: true, transformer: true }, undefined],
  ] as const)('with %j and ready %j has the reason %s (case 41)', (others, ready, reason) => {
    const expected = reason === undefined ? { status: 'True' } : { status: 'False', reason };
    expect(ingressReadiness('ingress', iris(), plansWith(...others), ready, [])).toEqual(expected);
  });
});

test('IngressReady is True when nothing is to be made, whatever the components do (case 36)', () => {
  expect(ingressReadiness('internal', iris(), plans, {}, [])).toEqual({ status: 'True' });
});

test('IngressReady of a stopped InferenceService is False, also where there was no Ingress (§17 row 22)', () => {
  expect(ingressReadiness('stopped', iris(), plans, {}, [])).toEqual({ status: 'False', reason: 'Stopped' });
});

test('IngressReady without the Gateway API tells what to do and looks again', () => {
  expect(ingressReadiness('gatewayMissing', iris(), plans, allReady, [])).toEqual({
    status: 'False',
    reason: 'GatewayApiNotInstalled',
    message:
      'enableGatewayApi is on in the ingress settings, but the cluster does not serve HTTPRoute of ' +
      'gateway.networking.k8s.io/v1: install the Gateway API, or set enableGatewayApi to false',
    requeueSeconds: 30,
  });
});

test('IngressReady tells what is wrong with the settings when nothing can be made of them', () => {
  let failure: unknown;
  try {
    topHost(iris(), settings({ domainTemplate: '{{ .Name }}' }));
  } catch (error) {
    failure = error;
  }
  if (!(failure instanceof IngressFailure)) throw new Error('a host was made of one segment');
  expect(refusedIngress(failure)).toEqual({
    status: 'False',
    reason: 'ReconcileFailed',
    message: 'invalid domain name "iris": it should be a domain with at least two segments separated by dots',
  });
});
