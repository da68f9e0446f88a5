import type { ComponentPlans } from '../../../../controllers/serving/ingress/component-plans';
import { desiredHttpRoutes } from '../../../../controllers/serving/ingress/http-routes';
import { desiredIngress } from '../../../../controllers/serving/ingress/ingress';
import { testCluster } from '../../../cluster/test-cluster';
import type { ObjectReference } from '../../../cluster/unstructured-object';
import { itWithGo, needsGo } from '../../../charts-src/import/go-toolchain';
import { iris, listed, owner, plan, plansWith, service, settings, sources } from './subjects';

const cluster = testCluster();

let namespace: string;
beforeAll(async () => {
  namespace = await cluster.namespace('ingress');
});

/** Applies an object strictly and gives the spec back that the API server stored. */
async function storedSpec(object: ObjectReference): Promise<unknown> {
  // Only the answer counts: the owner does not exist, so that garbage collection may take the object at any time.
  return (await cluster.apply(object))['spec'];
}

const there = (name: string) => iris({ name, namespace });
/** Plans in the namespace of the test. */
function here(plans: ComponentPlans): ComponentPlans {
  return {
    predictor: { ...plans.predictor, namespace },
    ...(plans.transformer && { transformer: { ...plans.transformer, namespace } }),
    ...(plans.explainer && { explainer: { ...plans.explainer, namespace } }),
  };
}

test.each([
  ['predictor', plansWith()],
  ['transformer', plansWith('transformer')],
  ['explainer', plansWith('explainer')],
  ['all', plansWith('transformer', 'explainer')],
])('the Ingress with %s is stored as it is written (case 41)', async (name, plans) => {
  const desired = desiredIngress(there(name), here(plans), settings(), owner);
  expect(await storedSpec(desired)).toEqual(desired.spec);
});

const allComponents = plansWith('transformer', 'explainer');

describe('HTTPRoutes', () => {
  beforeAll(async () => cluster.installForeignCrds('gateway-api'), 300_000);

  const gateway = { enableGatewayApi: true };
  const dual = service([{ port: 80 }, { name: 'grpc', port: 9000 }]);
  const byPath = settings({ ...gateway, ingressDomain: 'example.com', pathTemplate: '/a.b/{{ .Name }}' });
  const many = Array.from({ length: 15 }, (_, index) => `d${index}.example`);
  const weighted = [
    { name: 'iris-predictor', weight: 100 },
    { name: 'iris-blue-predictor', weight: 0 },
  ];

  itWithGo.each([
    ['predictor', {}],
    ['transformer', { plans: plansWith('transformer') }],
    ['explainer', { plans: allComponents }],
    ['dual', { plans: allComponents, services: { predictor: dual, transformer: dual, explainer: dual } }],
    ['path', { plans: allComponents, settings: byPath }],
    ['hosts', { settings: settings({ ...gateway, additionalIngressDomains: many }) }],
    ['untimed', { settings: settings({ ...gateway, disableHTTPRouteTimeout: true }) }],
    ['patient', { plans: { predictor: plan('predictor', { extension: { timeout: Number.MAX_SAFE_INTEGER } }) } }],
    ['patient-too', { plans: { predictor: plan('predictor', { extension: { timeout: 100_000 } }) } }],
    ['impatient', { plans: { predictor: plan('predictor', { extension: { timeout: 0 } }) } }],
    ['canary', { predictorBackends: weighted }],
  ])(
    `of %s are stored as they are written, with the defaults of the API (case 86) ${needsGo}`,
    async (name, changes) => {
      const complete = sources({ ...changes, isvc: there(name) });
      const routes = desiredHttpRoutes({ ...complete, plans: here(complete.plans) });
      for (const desired of listed(routes)) {
        const rules = desired.spec.rules?.map((rule) => ({
          ...rule,
          backendRefs: rule.backendRefs?.map((backend) => ({ group: '', weight: 1, ...backend })),
        }));
        expect(await storedSpec(desired)).toEqual({ ...desired.spec, rules });
      }
    },
    300_000,
  );
});
