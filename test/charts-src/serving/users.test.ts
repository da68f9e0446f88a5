import { App } from 'cdk8s';
import { Component } from '../../../charts-src/kubernetes/component';
import { toManifest } from '../../../charts-src/kubernetes/manifest';
import { applyPasses } from '../../../charts-src/kubernetes/passes';
import { InferenceService, type InferenceServiceProps } from '../../../charts-src/serving/inference-service';
import {
  PredictorNetworkPolicy,
  type PredictorNetworkPolicyProps,
} from '../../../charts-src/serving/predictor-network-policy';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../../definitions/serving/kinds';
import { testCluster } from '../../cluster/test-cluster';

const cluster = testCluster();
const labels = { name: 'iris', instance: 'iris', component: 'model' };

function rendered(build: (chart: Component) => unknown) {
  const chart = new Component(new App(), 'models', { directory: 'models', labels });
  build(chart);
  return applyPasses(
    chart.toJson().map((object) => toManifest(object)),
    { labels, images: new Set() },
  );
}
const inferenceService = (props: Partial<InferenceServiceProps>) =>
  rendered(
    (chart) => new InferenceService(chart, 'iris', { name: 'iris', namespace: 'fraud', predictor: sklearn, ...props }),
  );
const policy = (props: Partial<PredictorNetworkPolicyProps>) =>
  rendered(
    (chart) =>
      new PredictorNetworkPolicy(chart, 'Policy', { namespace: 'fraud', fromNamespaces: ['istio-system'], ...props }),
  );
const sklearn = { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/iris' } };

describe('new InferenceService', () => {
  it('renders what is written, and what the definition fills in', () => {
    const predictor = { containers: [{ name: 'kserve-container', image: 'me:1', ports: [{ containerPort: 8080 }] }] };
    const [object] = inferenceService({ labels: { team: 'fraud' }, predictor: predictor as never });
    expect(object).toMatchObject({
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'iris', namespace: 'fraud', labels: { team: 'fraud' } },
      spec: { predictor: { containers: [{ ports: [{ containerPort: 8080, protocol: 'TCP' }] }] } },
    });
  });

  it('is accepted by the API server under strict validation', async () => {
    await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
    const namespace = await cluster.namespace('constructs');
    const [object] = inferenceService({ namespace, predictor: { ...sklearn, minReplicas: 2 } });
    if (object === undefined) throw new Error('nothing is rendered');
    const stored = await cluster.apply(object, { fieldManager: 'gitops' });
    expect(stored['spec']).toEqual(object['spec']);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a name that starts with a digit',
      { name: '1st' },
      'InferenceService fraud/1st: name: got "1st", expected lower-case',
    ],
    [
      'a number that is none',
      { predictor: { ...sklearn, minReplicas: -1 } },
      'InferenceService fraud/iris: spec.predictor.minReplicas: got -1, must be at least 0',
    ],
    [
      'an unknown member',
      { predictor: { model: { ...sklearn.model, storageURI: 's3://x' } } },
      'unknown key spec.predictor.model.storageURI',
    ],
    [
      'no predictor at all',
      { predictor: { minReplicas: 1 } },
      'spec.predictor: got nothing, expected exactly one of model',
    ],
    [
      'two predictors',
      { predictor: { ...sklearn, sklearn: { storageUri: 's3://x' } } },
      'spec.predictor: got model and sklearn, expected exactly one of',
    ],
    [
      'a canary with more than all of the traffic',
      { canary: [{ predictor: { name: 'next', ...sklearn }, trafficPercent: 101 }] },
      'canary[0].trafficPercent: got 101, must be at most 100',
    ],
  ])('refuses %s', (_, props, message) => {
    expect(() => inferenceService(props)).toThrow(message);
  });
});

describe('new PredictorNetworkPolicy', () => {
  it('lets requests in from the namespaces named, to the port of the model server', () => {
    expect(policy({})).toMatchObject([
      {
        metadata: { name: 'kserve-predictor-netpol', namespace: 'fraud' },
        spec: {
          podSelector: { matchLabels: { component: 'predictor' } },
          policyTypes: ['Ingress'],
          ingress: [
            {
              from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-system' } } }],
              ports: [{ protocol: 'TCP', port: 8080 }],
            },
          ],
        },
      },
    ]);
  });

  it('may be about one InferenceService', () => {
    expect(policy({ inferenceService: 'iris' })[0]?.['spec']).toMatchObject({
      podSelector: { matchLabels: { component: 'predictor', 'serving.kserve.io/inferenceservice': 'iris' } },
    });
  });

  it('is not one that lets everybody in', () => {
    expect(() => policy({ fromNamespaces: [] })).toThrow('fromNamespaces: got none, name at least one');
  });
});
