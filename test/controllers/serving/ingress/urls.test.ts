import { componentUrl } from '../../../../controllers/serving/ingress/host';
import { EntryServiceMissing, urlsOf } from '../../../../controllers/serving/ingress/urls';
import { iris, plan, plansWith, service, settings } from './subjects';

const http = service([{ name: 'iris-predictor', port: 80, targetPort: 8080 }]);

test('a predictor has the URLs of the complete example (§11.7)', () => {
  expect(urlsOf(iris(), plansWith(), { predictor: http }, settings())).toEqual({
    url: 'http://iris-ml-models.example.com',
    address: 'http://iris-predictor.ml-models.svc.cluster.local',
  });
  expect(componentUrl(plan('predictor'), settings())).toBe('http://iris-predictor-ml-models.example.com');
});

test('with a transformer the address is the transformer’s (case 38)', () => {
  expect(urlsOf(iris(), plansWith('transformer', 'explainer'), { transformer: http }, settings())).toEqual({
    url: 'http://iris-ml-models.example.com',
    address: 'http://iris-transformer.ml-models.svc.cluster.local',
  });
});

test('URLs follow the domain template (case 37)', () => {
  const written = settings({ domainTemplate: '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}' });
  expect(urlsOf(iris(), plansWith(), { predictor: http }, written).url).toBe('http://iris.ml-models.example.com');
});

test('a path template does not change the URL (case 40)', () => {
  const written = settings({ pathTemplate: '/serving/{{ .Namespace }}/{{ .Name }}', ingressDomain: 'example.com' });
  expect(urlsOf(iris(), plansWith(), { predictor: http }, written).url).toBe('http://iris-ml-models.example.com');
});

test('the scheme is for the URL only, the address stays http', () => {
  expect(urlsOf(iris(), plansWith(), { predictor: http }, settings({ urlScheme: 'https' }))).toEqual({
    url: 'https://iris-ml-models.example.com',
    address: 'http://iris-predictor.ml-models.svc.cluster.local',
  });
});

test('a predictor with a name of its own is in the address', () => {
  const plans = { predictor: plan('predictor', { name: 'iris-v2-predictor' }) };
  expect(urlsOf(iris(), plans, { predictor: http }, settings(), 'k8s.corp').address).toBe(
    'http://iris-v2-predictor.ml-models.svc.k8s.corp',
  );
});

test.each([
  ['the port of the pods', [{ port: 80, targetPort: 8888 }], ':8888'],
  ['8080 unless the container says otherwise', [{ port: 80, targetPort: 8080 }], ':8080'],
  [
    'the first port that is not gRPC',
    [
      { name: 'h2c-port', port: 80, targetPort: 9000 },
      { port: 8081, targetPort: 8081 },
    ],
    ':8081',
  ],
  [
    'no port of HTTP/2',
    [
      { port: 80, targetPort: 9000, appProtocol: 'kubernetes.io/h2c' },
      { port: 1, targetPort: 1234 },
    ],
    ':1234',
  ],
  ['no port with a name in upper case that says gRPC', [{ name: 'GRPC', port: 80, targetPort: 9000 }], ':8080'],
  [
    'no named target',
    [
      { port: 80, targetPort: 'http' },
      { port: 81, targetPort: 8090 },
    ],
    ':8090',
  ],
  ['8080 when there are no ports', [], ':8080'],
])('the address of a headless Service has %s (case 45)', (_what, ports, expected) => {
  const services = { predictor: service(ports, 'None') };
  expect(urlsOf(iris(), plansWith(), services, settings()).address).toBe(
    `http://iris-predictor.ml-models.svc.cluster.local${expected}`,
  );
});

test('there is no address without the Service of the entry', () => {
  const urls = () => urlsOf(iris(), plansWith('transformer'), { predictor: http }, settings());
  expect(urls).toThrow(EntryServiceMissing);
  expect(urls).toThrow(/^failed to get entry point service iris-transformer: /);
});
