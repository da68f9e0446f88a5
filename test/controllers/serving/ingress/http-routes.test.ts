import { HostNameError } from '../../../../controllers/serving/ingress/host';
import { desiredHttpRoutes, TooManyHosts } from '../../../../controllers/serving/ingress/http-routes';
import { duration } from '../../../../controllers/serving/ingress/route-rules';
import type { HttpRouteMatch } from '../../../../definitions/kubernetes/gateway-resources';
import { iris, namespace, owner, plan, plansWith, service, settings, sources } from './subjects';

const filters = [
  {
    type: 'RequestHeaderModifier',
    requestHeaderModifier: {
      set: [
        { name: 'KServe-Isvc-Name', value: 'iris' },
        { name: 'KServe-Isvc-Namespace', value: namespace },
      ],
    },
  },
];

/** A rule as routes have it. */
function rule(
  backend: string,
  value: string,
  { port = 80, timeout = '60s', headers = [] as NonNullable<HttpRouteMatch['headers']> } = {},
) {
  return {
    matches: [{ path: { type: 'RegularExpression', value }, ...(headers.length > 0 && { headers }) }],
    filters,
    backendRefs: [{ kind: 'Service', name: backend, namespace, port }],
    timeouts: { request: timeout },
  };
}

const route = (name: string, hostnames: string[], rules: unknown[], metadata: object = {}) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name, namespace, labels: {}, annotations: {}, ownerReferences: [owner], ...metadata },
  spec: {
    parentRefs: [
      { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'kserve', name: 'kserve-ingress-gateway' },
    ],
    hostnames,
    rules,
  },
});

const everything = '^/.*$';
const explain = String.raw`^/v1/models/[\w-]+:explain$`;
const grpcPath = String.raw`^/inference\.GRPCInferenceService/.*$`;
const grpcHeaders: NonNullable<HttpRouteMatch['headers']> = [
  { type: 'RegularExpression', name: 'content-type', value: '^application/grpc.*' },
];

test('a predictor has two routes with its time-out and the additional hosts (case 29)', () => {
  const routes = desiredHttpRoutes(
    sources({
      isvc: iris({
        labels: { team: 'vision', 'networking.knative.dev/visibility': 'x', hidden: 'by-configuration' },
        annotations: {
          'serving.kserve.io/deploymentMode': 'Standard',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          modelFormat: 'sklearn',
          secret: 'by-configuration',
        },
      }),
      plans: { predictor: plan('predictor', { extension: { timeout: 30 } }) },
      settings: settings({ enableGatewayApi: true, additionalIngressDomains: ['additional.example.com'] }),
      disallowed: { serviceAnnotationDisallowedList: ['secret'], serviceLabelDisallowedList: ['hidden'] },
    }),
  );
  const metadata = { labels: { team: 'vision' }, annotations: { 'serving.kserve.io/deploymentMode': 'Standard' } };
  const rules = [rule('iris-predictor', everything, { timeout: '30s' })];
  expect(routes).toEqual({
    predictor: route('iris-predictor', ['iris-predictor-ml-models.example.com'], rules, metadata),
    top: route('iris', ['iris-ml-models.example.com', 'iris-ml-models.additional.example.com'], rules, metadata),
  });
});

test('a transformer has a route and takes what comes to the service (case 38)', () => {
  expect(desiredHttpRoutes(sources({ plans: plansWith('transformer') }))).toEqual({
    predictor: route('iris-predictor', ['iris-predictor-ml-models.example.com'], [rule('iris-predictor', everything)]),
    transformer: route(
      'iris-transformer',
      ['iris-transformer-ml-models.example.com'],
      [rule('iris-transformer', everything)],
    ),
    top: route('iris', ['iris-ml-models.example.com'], [rule('iris-transformer', everything)]),
  });
});

test('an explainer has a route and comes first in the one of the service (case 39)', () => {
  const plans = {
    predictor: plan('predictor', { extension: { timeout: 5 } }),
    explainer: plan('explainer', { extension: { timeout: 0 } }),
  };
  expect(desiredHttpRoutes(sources({ plans }))).toEqual({
    predictor: route(
      'iris-predictor',
      ['iris-predictor-ml-models.example.com'],
      [rule('iris-predictor', everything, { timeout: '5s' })],
    ),
    explainer: route(
      'iris-explainer',
      ['iris-explainer-ml-models.example.com'],
      [rule('iris-explainer', everything, { timeout: '0s' })],
    ),
    top: route(
      'iris',
      ['iris-ml-models.example.com'],
      [rule('iris-explainer', explain, { timeout: '0s' }), rule('iris-predictor', everything, { timeout: '5s' })],
    ),
  });
});

describe('with a path template (case 40)', () => {
  const byPath = settings({
    enableGatewayApi: true,
    ingressDomain: 'example.com',
    pathTemplate: '/serving/{{ .Namespace }}/{{ .Name }}',
  });

  test('the service is under the domain as well', () => {
    const { top, predictor } = desiredHttpRoutes(sources({ settings: byPath }));
    expect(top).toEqual(
      route(
        'iris',
        ['iris-ml-models.example.com', 'example.com'],
        [rule('iris-predictor', everything), rule('iris-predictor', '/serving/ml-models/iris/')],
      ),
    );
    expect(predictor.spec.hostnames).toEqual(['iris-predictor-ml-models.example.com']);
  });

  test('the domain has to be a DNS name, a dot at its end aside', () => {
    const under = (ingressDomain: string) =>
      desiredHttpRoutes(
        sources({
          settings: settings({
            enableGatewayApi: true,
            ingressDomain,
            domainTemplate: '{{ .Name }}.corp',
            pathTemplate: '/{{ .Name }}',
          }),
        }),
      ).top.spec.hostnames;
    expect(under('example.com.')).toEqual(['iris.corp', 'example.com']);
    expect(() => under('example_com')).toThrow(
      new HostNameError('invalid ingressDomain "example_com": routing by path needs a DNS name'),
    );
  });

  test('explanations and the transformer are there too', () => {
    const { top } = desiredHttpRoutes(sources({ settings: byPath, plans: plansWith('transformer', 'explainer') }));
    expect(top.spec.rules).toEqual([
      rule('iris-explainer', explain),
      rule('iris-transformer', everything),
      rule('iris-explainer', String.raw`/serving/ml-models/iris(/v1/models/[\w-]+:explain)$`),
      rule('iris-transformer', '/serving/ml-models/iris/'),
    ]);
  });
});

describe('a Service with ports for gRPC and HTTP (case 86)', () => {
  const ports = [
    { name: 'http1', port: 80, targetPort: 8080 },
    { name: 'metrics', port: 8002 },
    { name: 'h2c-port', port: 9000, appProtocol: 'kubernetes.io/h2c' },
  ];
  const dual = [
    rule('iris-predictor', grpcPath, { port: 9000, headers: grpcHeaders }),
    rule('iris-predictor', everything, { port: 80 }),
  ];

  test('gets gRPC by a rule of its own, first', () => {
    const { predictor, top } = desiredHttpRoutes(sources({ services: { predictor: service(ports) } }));
    expect(predictor.spec.rules).toEqual(dual);
    expect(top.spec.rules).toEqual(dual);
  });

  test('is asked for explanations and under a path by port 80', () => {
    const { top } = desiredHttpRoutes(
      sources({
        plans: plansWith('explainer'),
        services: { predictor: service(ports), explainer: service(ports) },
        settings: settings({ enableGatewayApi: true, ingressDomain: 'example.com', pathTemplate: '/{{ .Name }}' }),
      }),
    );
    expect(top.spec.rules).toEqual([
      rule('iris-explainer', explain),
      ...dual,
      rule('iris-explainer', String.raw`/iris(/v1/models/[\w-]+:explain)$`),
      rule('iris-predictor', '/iris/'),
    ]);
  });

  test('is that of the transformer for the service where there is one', () => {
    const { top, predictor, transformer } = desiredHttpRoutes(
      sources({ plans: plansWith('transformer'), services: { predictor: service(ports) } }),
    );
    expect(predictor.spec.rules).toEqual(dual);
    expect(transformer?.spec.rules).toEqual([rule('iris-transformer', everything)]);
    expect(top.spec.rules).toEqual([rule('iris-transformer', everything)]);
  });

  test.each([
    [
      'gRPC alone',
      [
        { name: 'grpc-port', port: 80 },
        { name: 'h2c', port: 9001 },
      ],
    ],
    ['HTTP alone', [{ port: 80 }, { name: 'metrics', port: 8002 }]],
  ])('of %s needs one rule only', (_what, only) => {
    const { predictor } = desiredHttpRoutes(sources({ services: { predictor: service(only) } }));
    expect(predictor.spec.rules).toEqual([rule('iris-predictor', everything)]);
  });

  test('knows gRPC by the name of a port too', () => {
    const named = [
      { name: 'my-grpc', port: 80 },
      { name: 'rest', port: 8080 },
    ];
    const { predictor } = desiredHttpRoutes(sources({ services: { predictor: service(named) } }));
    expect(predictor.spec.rules).toEqual([
      rule('iris-predictor', grpcPath, { port: 80, headers: grpcHeaders }),
      rule('iris-predictor', everything, { port: 8080 }),
    ]);
  });
});

test('rules have no time-out where it is disabled (case 86)', () => {
  const { predictor, top } = desiredHttpRoutes(
    sources({ settings: settings({ enableGatewayApi: true, disableHTTPRouteTimeout: true }) }),
  );
  for (const { spec } of [predictor, top]) {
    expect(spec.rules?.map((found) => Object.keys(found))).toEqual([['matches', 'filters', 'backendRefs']]);
  }
});

test.each([
  [0, '0s'],
  [30, '30s'],
  [99_999, '99999s'],
  [100_000, '27h46m40s'],
  [108_000, '30h'],
  [Number.MAX_SAFE_INTEGER, '99999h'],
])('%d seconds are written as %s', (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});

test('a predictor with a name of its own keeps its route and host', () => {
  const plans = { predictor: plan('predictor', { name: 'iris-v2-predictor' }) };
  const { predictor } = desiredHttpRoutes(sources({ plans }));
  const host = 'iris-predictor-ml-models.example.com';
  expect(predictor).toEqual(route('iris-predictor', [host], [rule('iris-v2-predictor', everything)]));
});

test('Services that share the predictor’s requests get their weights there, and nowhere else (§17 row 2)', () => {
  const predictorBackends = [
    { name: 'iris-predictor', weight: 75 },
    { name: 'iris-blue-predictor', weight: 25 },
  ];
  const refs = predictorBackends.map((backend) => ({ kind: 'Service', namespace, port: 80, ...backend }));
  const { predictor, top, explainer } = desiredHttpRoutes(
    sources({ plans: plansWith('explainer'), predictorBackends }),
  );
  expect(predictor.spec.rules?.map(({ backendRefs }) => backendRefs)).toEqual([refs]);
  expect(top.spec.rules?.map(({ backendRefs }) => backendRefs)).toEqual([
    [{ kind: 'Service', name: 'iris-explainer', namespace, port: 80 }],
    refs,
  ]);
  expect(explainer?.spec.rules?.[0]?.backendRefs).toHaveLength(1);
});

test('more hosts than a route can have are refused by name', () => {
  const additionalIngressDomains = Array.from({ length: 16 }, (_, index) => `d${index}.example`);
  const many = sources({ settings: settings({ enableGatewayApi: true, additionalIngressDomains }) });
  expect(() => desiredHttpRoutes(many)).toThrow(TooManyHosts);
  expect(() => desiredHttpRoutes(many)).toThrow(
    'inference service ml-models/iris has 17 hosts, and an HTTPRoute at most 16: shorten ingress.additionalIngressDomains',
  );
});
