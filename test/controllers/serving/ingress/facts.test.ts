import { exposureOf } from '../../../../controllers/serving/ingress/exposure';
import { ingressFacts, type IngressObservation } from '../../../../controllers/serving/ingress/facts';
import { EntryServiceMissing } from '../../../../controllers/serving/ingress/urls';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { iris, namespace, owner, plansWith, service, settings } from './subjects';

const parents = [{ parentRef: { name: 'gateway' }, controllerName: 'example.com/gateway', conditions: [] }];
const accepted = ['iris-predictor', 'iris'].map((name) => ({
  metadata: { name, namespace, ownerReferences: [owner] },
  spec: {},
  status: { parents },
}));

/** What the status says of an InferenceService with a predictor. */
function facts(isvc: InferenceService, changes: Partial<IngressObservation> = {}, httpRoutesServed = true) {
  const observation: IngressObservation = {
    isvc,
    plans: plansWith(),
    ready: { predictor: true },
    routes: accepted,
    services: { predictor: service([{ port: 80, targetPort: 8080 }]) },
    settings: settings({ enableGatewayApi: true }),
    ...changes,
  };
  return ingressFacts(exposureOf(isvc, observation.settings, { httpRoutesServed }), observation);
}

const reached = {
  status: 'True',
  url: 'http://iris-ml-models.example.com',
  address: 'http://iris-predictor.ml-models.svc.cluster.local',
};

test('URLs are told with IngressReady True: by routes, by an Ingress, and without either (§11.7, cases 36 and 41)', () => {
  expect(facts(iris())).toEqual(reached);
  expect(facts(iris(), { routes: [], settings: settings() })).toEqual(reached);
  expect(facts(iris(), { routes: [], settings: settings({ disableIngressCreation: true }) })).toEqual(reached);
});

test('URLs are told while the predictor starts when nothing is to be made', () => {
  const local = iris({ labels: { 'networking.kserve.io/visibility': 'cluster-local' } });
  expect(facts(local, { ready: {}, routes: [] }, false)).toEqual(reached);
});

test('no URL is told until IngressReady is True: what was told before stays (§17 row 40)', () => {
  expect(facts(iris(), { routes: [] })).toEqual({
    status: 'False',
    reason: 'Predictor Deployment NotReady',
    message: 'Predictor HTTPRoute not created',
  });
  expect(facts(iris(), { ready: {}, settings: settings() })).toEqual({
    status: 'False',
    reason: 'Predictor ingress not created',
  });
  expect(facts(iris(), {}, false)).toMatchObject({ status: 'False', reason: 'GatewayApiNotInstalled' });
});

test('a stopped InferenceService needs no Service to say so', () => {
  const stopped = iris({ annotations: { 'serving.kserve.io/stop': 'true' } });
  expect(facts(stopped, { services: {}, routes: [] })).toEqual({ status: 'False', reason: 'Stopped' });
});

test('one that is reached without its Service is an error', () => {
  expect(() => facts(iris(), { services: {} })).toThrow(EntryServiceMissing);
});
