import {
  additionalHosts,
  componentHost,
  componentUrl,
  HostNameError,
  routeHost,
  topHost,
} from '../../../../controllers/serving/ingress/host';
import { iris, plan, settings } from './subjects';

describe('hosts', () => {
  test('are name, namespace and domain unless configured', () => {
    expect(topHost(iris(), settings())).toBe('iris-ml-models.example.com');
    expect(routeHost(iris(), 'iris-predictor', settings())).toBe('iris-predictor-ml-models.example.com');
    expect(componentHost(plan('predictor'), settings())).toBe('iris-predictor-ml-models.example.com');
  });

  test('follow the domain template (case 37)', () => {
    const dotted = settings({ domainTemplate: '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}' });
    expect(topHost(iris(), dotted)).toBe('iris.ml-models.example.com');
    expect(routeHost(iris(), 'iris-transformer', dotted)).toBe('iris-transformer.ml-models.example.com');
    expect(componentUrl(plan('predictor'), dotted)).toBe('http://iris-predictor.ml-models.example.com');
  });

  test('take labels and annotations of the InferenceService, and in a component’s URL of the component', () => {
    const labelled = settings({
      domainTemplate: '{{ .Name }}-{{ .Namespace }}-{{ .Labels.team }}-{{ .Annotations.stage }}.{{ .IngressDomain }}',
    });
    const isvc = iris({ labels: { team: 'vision' }, annotations: { stage: 'test' } });
    const component = plan('predictor', { labels: { team: 'speech' }, annotations: { stage: 'live' } });
    expect(topHost(isvc, labelled)).toBe('iris-ml-models-vision-test.example.com');
    expect(routeHost(isvc, 'iris-predictor', labelled)).toBe('iris-predictor-ml-models-vision-test.example.com');
    expect(componentUrl(component, labelled)).toBe('http://iris-predictor-ml-models-speech-live.example.com');
  });

  test('have no dot at their end, though a full name has', () => {
    expect(topHost(iris(), settings({ ingressDomain: 'example.com.' }))).toBe('iris-ml-models.example.com');
  });

  test('of a named predictor carry its name in the URL of the component', () => {
    const named = plan('predictor', { name: 'iris-v2-predictor' });
    expect(componentUrl(named, settings())).toBe('http://iris-v2-predictor-ml-models.example.com');
  });

  test('come with http in a component’s URL, whatever the scheme of the service', () => {
    expect(componentUrl(plan('predictor'), settings({ urlScheme: 'https' }))).toBe(
      'http://iris-predictor-ml-models.example.com',
    );
  });
});

describe('no host (case 84)', () => {
  const tooLong = 'a'.repeat(64);

  test.each([
    ['upper case', 'Iris.{{ .IngressDomain }}', 'invalid domain name "Iris.example.com": "Iris" must be of lower case'],
    ['an underscore', 'a_b.{{ .IngressDomain }}', 'invalid domain name "a_b.example.com": "a_b" must be'],
    ['one segment', '{{ .Name }}', 'invalid domain name "iris": it should be a domain with at least two segments'],
    ['an empty segment', '{{ .Name }}..{{ .IngressDomain }}', 'invalid domain name "iris..example.com": "" must be'],
    ['nothing', '{{ .Labels.none }}', 'invalid domain name "": it is empty'],
    ['an address', '10.0.0.1', 'invalid domain name "10.0.0.1": it is an address, not a name'],
    ['a long segment', `${tooLong}.{{ .IngressDomain }}`, `"${tooLong}" has 64 characters, at most 63 are allowed`],
    ['a long name', 'a.'.repeat(130) + 'com', 'it has 263 characters, at most 253 are allowed'],
  ])('is made of %s', (_what, domainTemplate, message) => {
    const wrong = settings({ domainTemplate });
    expect(() => topHost(iris(), wrong)).toThrow(HostNameError);
    expect(() => topHost(iris(), wrong)).toThrow(message);
    expect(() => componentUrl(plan('predictor'), wrong)).toThrow(HostNameError);
  });

  test('comes of a template that is none', () => {
    const wrong = settings({ domainTemplate: '{{ .Name' });
    expect(() => topHost(iris(), wrong)).toThrow(HostNameError);
    expect(() => topHost(iris(), wrong)).toThrow(/^error rendering the domain template: ./);
  });

  test('is told with what it was for in a component’s URL', () => {
    expect(() => componentUrl(plan('predictor'), settings({ domainTemplate: '{{ .Name }}' }))).toThrow(
      /^failed creating host name: invalid domain name "iris-predictor": /,
    );
  });
});

describe('additional hosts (case 84)', () => {
  const hosts = (additionalIngressDomains: string[], changes: object = {}) => {
    const written = settings({ additionalIngressDomains, ...changes });
    return additionalHosts(topHost(iris(), written), written);
  };

  test('are the same under each domain, in their order', () => {
    expect(hosts(['additional.example.com', 'example.org'])).toEqual([
      'iris-ml-models.additional.example.com',
      'iris-ml-models.example.org',
    ]);
  });

  test('are none without further domains', () => {
    expect(hosts([])).toEqual([]);
  });

  test('are told once, and never the top host again', () => {
    expect(hosts(['example.org', 'example.com', 'example.org'])).toEqual(['iris-ml-models.example.org']);
  });

  test('leave out what is no DNS name', () => {
    expect(hosts(['Example.ORG', '', '*.example.org', 'a b', 'ok.example', `${'a'.repeat(64)}.org`])).toEqual([
      'iris-ml-models.ok.example',
    ]);
  });

  test('are none for a host that does not end in the domain', () => {
    expect(hosts(['example.org'], { domainTemplate: '{{ .Name }}.models.internal' })).toEqual([]);
    expect(hosts(['example.org'], { domainTemplate: '{{ .IngressDomain }}' })).toEqual([]);
  });
});
