import type { ComponentPlans } from '../../../../controllers/serving/ingress/component-plans';
import { desiredIngress } from '../../../../controllers/serving/ingress/ingress';
import { iris, namespace, owner, plan, plansWith, settings } from './subjects';

/** Hosts and the Services behind them, in order. */
function rulesOf(plans: ComponentPlans) {
  return desiredIngress(iris(), plans, settings(), owner).spec.rules.map(({ host, http }) => [
    host,
    http?.paths[0]?.backend.service?.name,
  ]);
}

const top = 'iris-ml-models.example.com';

test('the Ingress of a predictor has a rule for the service and one for the predictor (case 41)', () => {
  const isvc = iris({
    labels: { team: 'vision' },
    annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '64m', modelFormat: 'sklearn' },
  });
  const rule = (host: string) => ({
    host,
    http: {
      paths: [
        { path: '/', pathType: 'Prefix', backend: { service: { name: 'iris-predictor', port: { number: 80 } } } },
      ],
    },
  });
  expect(desiredIngress(isvc, plansWith(), settings(), owner)).toEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'iris',
      namespace,
      annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '64m', modelFormat: 'sklearn' },
      ownerReferences: [owner],
    },
    spec: { ingressClassName: 'istio', rules: [rule(top), rule('iris-predictor-ml-models.example.com')] },
  });
});

test.each([
  [
    'a transformer',
    plansWith('transformer'),
    [
      [top, 'iris-transformer'],
      ['iris-transformer-ml-models.example.com', 'iris-transformer'],
      ['iris-predictor-ml-models.example.com', 'iris-predictor'],
    ],
  ],
  [
    'transformer and explainer',
    plansWith('transformer', 'explainer'),
    [
      ['iris-explainer-ml-models.example.com', 'iris-explainer'],
      [top, 'iris-transformer'],
      ['iris-transformer-ml-models.example.com', 'iris-transformer'],
      ['iris-predictor-ml-models.example.com', 'iris-predictor'],
    ],
  ],
  [
    'an explainer',
    plansWith('explainer'),
    [
      [top, 'iris-predictor'],
      ['iris-explainer-ml-models.example.com', 'iris-explainer'],
      ['iris-predictor-ml-models.example.com', 'iris-predictor'],
    ],
  ],
  [
    'a predictor with a name of its own',
    { predictor: plan('predictor', { name: 'iris-v2-predictor' }) },
    [
      [top, 'iris-v2-predictor'],
      ['iris-v2-predictor-ml-models.example.com', 'iris-v2-predictor'],
    ],
  ],
])('with %s each host leads to its own component (case 41, §17 row 12)', (_what, plans, expected) => {
  expect(rulesOf(plans)).toEqual(expected);
});

test('an Ingress without a configured class has none', () => {
  const { ingressClassName: _none, ...rest } = settings();
  expect(desiredIngress(iris(), plansWith(), rest, owner).spec).not.toHaveProperty('ingressClassName');
});
