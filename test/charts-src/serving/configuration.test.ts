import * as z from 'zod';
import { inferenceServiceConfigSchemas } from '../../../definitions/config/inference-service-config';
import { imageReference, lockedImages } from '../../../charts-src/images';
import { mapAt } from '../../../charts-src/kubernetes/manifest';
import { objectOf, servingObjects } from './rendered-serving';

type Configuration = NonNullable<NonNullable<Parameters<typeof servingObjects>[0]>['configuration']>;
const documentsOf = (configuration: Configuration = {}) => {
  const data = mapAt(objectOf(servingObjects({ configuration }), 'ConfigMap', 'inferenceservice-config'), 'data');
  return new Map(Object.entries(data).map(([key, text]) => [key, JSON.parse(z.string().parse(text)) as unknown]));
};

describe('the ConfigMap inferenceservice-config (§2.2)', () => {
  const documents = documentsOf();

  it('has every key, each with a document that the controller can read', () => {
    expect([...documents.keys()]).toEqual(Object.keys(inferenceServiceConfigSchemas).sort());
    for (const [key, schema] of Object.entries(inferenceServiceConfigSchemas)) {
      expect([key, schema.safeParse(documents.get(key)).success]).toEqual([key, true]);
    }
  });

  it('has the values that KServe ships', () => {
    expect(documents.get('storageInitializer')).toMatchObject({
      memoryRequest: '100Mi',
      memoryLimit: '1Gi',
      cpuRequest: '100m',
      cpuLimit: '1',
      enableModelcar: true,
      uidModelcar: 1010,
    });
    expect(documents.get('ingress')).toMatchObject({
      enableGatewayApi: false,
      ingressGateway: 'knative-serving/knative-ingress-gateway',
      ingressClassName: 'istio',
      domainTemplate: '{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}',
      urlScheme: 'http',
    });
    expect(documents.get('batcher')).toMatchObject({ maxBatchSize: '32', maxLatency: '5000' });
    expect(documents.get('metricsAggregator')).toEqual({
      enableMetricAggregation: 'false',
      enablePrometheusScraping: 'false',
    });
    expect(documents.get('security')).toEqual({ autoMountServiceAccountToken: true });
  });

  it('chooses Standard for services that choose no mode: the one that this controller works in', () => {
    expect(documents.get('deploy')).toEqual({ defaultDeploymentMode: 'Standard' });
  });

  it('has no image but those of the lock file', () => {
    const locked = new Set(Object.values(lockedImages).map(imageReference));
    const used = [...JSON.stringify([...documents.values()]).matchAll(/"(?:image|defaultJobImage)":"([^"]+)"/g)];
    const { artExplainer } = lockedImages;
    const unknown = used.map(([, image = '']) => image).filter((image) => !locked.has(image));
    expect(used).toHaveLength(7);
    expect(unknown).toEqual([artExplainer.repository]);
    expect(documents.get('explainers')).toMatchObject({ art: { defaultImageVersion: artExplainer.tag } });
  });

  it('takes changes member by member', () => {
    const changed = documentsOf({ ingress: { enableGatewayApi: true, ingressDomain: 'models.example.org' } });
    expect(changed.get('ingress')).toEqual({
      ...(documents.get('ingress') as object),
      enableGatewayApi: true,
      ingressDomain: 'models.example.org',
    });
    expect(changed.get('deploy')).toEqual(documents.get('deploy'));
  });

  it.each([
    ['a key that nobody reads', { ingresss: {} }, 'unknown key serving.configuration.ingresss'],
    [
      'a misspelt member, which the controller would ignore',
      { ingress: { ingresDomain: 'x' } },
      'serving.configuration.ingress.ingresDomain: got "x", no such member, allowed:',
    ],
    [
      'a member of the wrong type',
      { ingress: { enableGatewayApi: 'true' } },
      'serving.configuration.ingress.enableGatewayApi',
    ],
    [
      'a mode that does not exist',
      { deploy: { defaultDeploymentMode: 'Raw' } },
      'serving.configuration.deploy.defaultDeploymentMode: got "Raw", invalid deployment mode',
    ],
  ])('refuses %s', (_, configuration, message) => {
    expect(() => servingObjects({ configuration: configuration as Configuration })).toThrow(message);
  });
});
