import { checkIngressSettings, IngressSettingsError } from '../../../../controllers/serving/ingress/settings';
import { inferenceServiceConfigSchemas } from '../../../../definitions/config/inference-service-config';

const gateway = 'istio-system/knative-gateway';

/** Reads and checks a document as the ConfigMap has it. */
function check(document: unknown) {
  return checkIngressSettings(inferenceServiceConfigSchemas.ingress.parse(document ?? {}), document);
}

const kserveGateway = 'invalid ingress config - kserveIngressGateway';

test.each([
  ['no ingress gateway', {}, 'invalid ingress config - ingressGateway is required'],
  ['an empty ingress gateway', { ingressGateway: '' }, 'invalid ingress config - ingressGateway is required'],
  ['no gateway for routes', { enableGatewayApi: true, ingressGateway: gateway }, `${kserveGateway} is required`],
  [
    'a gateway without a namespace',
    { enableGatewayApi: true, kserveIngressGateway: 'gateway' },
    `${kserveGateway} should be in the format <namespace>/<name>`,
  ],
  [
    'a gateway of three parts',
    { enableGatewayApi: true, kserveIngressGateway: 'a/b/c' },
    `${kserveGateway} should be in the format <namespace>/<name>`,
  ],
  [
    'a gateway in no possible namespace',
    { enableGatewayApi: true, kserveIngressGateway: 'kserve_/gateway' },
    `${kserveGateway} gateway namespace is invalid`,
  ],
  [
    'a gateway of an empty name',
    { enableGatewayApi: true, kserveIngressGateway: 'kserve/' },
    `${kserveGateway} gateway name is invalid`,
  ],
  [
    'a gateway with a name too long',
    { enableGatewayApi: true, kserveIngressGateway: `kserve/${'a'.repeat(64)}` },
    `${kserveGateway} gateway name is invalid`,
  ],
  [
    'a path without a domain',
    { ingressGateway: gateway, pathTemplate: '/{{ .Name }}' },
    'invalid ingress config - ingressDomain is required if pathTemplate is given',
  ],
  [
    'a path with an empty domain',
    { ingressGateway: gateway, pathTemplate: '/{{ .Name }}', ingressDomain: '' },
    'invalid ingress config - ingressDomain is required if pathTemplate is given',
  ],
])('%s is refused', (_what, document, message) => {
  expect(() => check(document)).toThrow(new IngressSettingsError(message));
});

test('a path template that is none is refused with the cause', () => {
  const document = { ingressGateway: gateway, pathTemplate: '/{{ .Name', ingressDomain: 'example.com' };
  expect(() => check(document)).toThrow(IngressSettingsError);
  expect(() => check(document)).toThrow(/^invalid ingress config, unable to parse pathTemplate: ./);
});

test('a path with a domain is taken, in whatever case the members are written', () => {
  const document = { IngressGateway: gateway, PATHTEMPLATE: '/{{ .Name }}', INGRESSDOMAIN: 'models.example.org' };
  expect(check(document)).toMatchObject({ pathTemplate: '/{{ .Name }}', ingressDomain: 'models.example.org' });
});

test('nothing is asked when the key is missing, and the defaults hold', () => {
  expect(check(undefined)).toMatchObject({
    enableGatewayApi: false,
    ingressDomain: 'example.com',
    domainTemplate: '{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}',
    urlScheme: 'http',
  });
});

test('empty texts mean the defaults', () => {
  const document = { ingressGateway: gateway, ingressDomain: '', domainTemplate: '', urlScheme: '' };
  expect(check(document)).toMatchObject({
    ingressDomain: 'example.com',
    domainTemplate: '{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}',
    urlScheme: 'http',
  });
});

test('a gateway for routes is not asked for while routes are off', () => {
  expect(check({ ingressGateway: gateway, kserveIngressGateway: 'not a gateway' })).toMatchObject({
    enableGatewayApi: false,
  });
});
