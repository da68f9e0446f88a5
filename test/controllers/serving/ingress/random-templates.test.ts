import { pathOf } from '../../../../controllers/serving/ingress/path';
import { componentUrl } from '../../../../controllers/serving/ingress/host';
import { desiredHttpRoutes } from '../../../../controllers/serving/ingress/http-routes';
import { desiredIngress } from '../../../../controllers/serving/ingress/ingress';
import { IngressFailure } from '../../../../controllers/serving/ingress/ingress-failure';
import { urlsOf } from '../../../../controllers/serving/ingress/urls';
import { checkIngressSettings } from '../../../../controllers/serving/ingress/settings';
import type { HttpRoute } from '../../../../definitions/kubernetes/gateway-resources';
import { seededRandom } from '../../../faults/seeded-random';
import { iris, listed, owner, plan, plansWith, service, settings, sources } from './subjects';

/** Pieces that hosts and paths are made of, and pieces that they are broken by. */
const pieces = [
  '{{ .Name }}',
  '{{ .Namespace }}',
  '{{ .IngressDomain }}',
  '{{ .Labels.team }}',
  '{{ .Annotations.stage }}',
  '{{.Name}}',
  '{{- .Name -}}',
  '{{ index .Labels "a/b" }}',
  '{{ .Labels }}',
  '{{ .Nothing }}',
  '{{',
  '}}',
  '{{ range }}',
  '{{ if .Name }}',
  '{{ "quoted" }}',
  '{{/* said */}}',
  '.',
  '-',
  '--',
  '/',
  '//',
  '_',
  'A',
  'ä',
  '\u0000',
  ' ',
  '%',
  '%20',
  '*',
  '(',
  '[',
  '\\',
  '$',
  '?',
  '#',
  ':',
  'http://',
  'a',
  'example.com',
  '10.0.0.1',
  'x'.repeat(64),
] as const;

const random = seededRandom(8);
const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
const written = (most: number) =>
  Array.from({ length: Math.floor(random() * most) }, () => pick(pieces) ?? '').join('');
const flip = (chance: number) => random() < chance;

/** Settings and an InferenceService that somebody may write. */
function anything() {
  // Hosts that work are rare among random ones: half of the templates are made to.
  const domainTemplate = flip(0.5)
    ? `{{ .Name }}-${pick(['{{ .Namespace }}', 'a', 'x'])}.{{ .IngressDomain }}`
    : written(6);
  const changes = {
    enableGatewayApi: true,
    domainTemplate,
    ingressDomain: flip(0.7) ? (pick(['example.com', 'models.corp', 'local', 'example.com.']) ?? '') : written(3),
    additionalIngressDomains: Array.from({ length: Math.floor(random() * 20) }, () =>
      flip(0.5) ? `d${Math.floor(random() * 9)}.example` : written(3),
    ),
    pathTemplate: flip(0.5) ? '' : flip(0.5) ? `/${pick(['a', '{{ .Namespace }}'])}/{{ .Name }}/` : written(5),
    kserveIngressGateway: flip(0.9) ? 'kserve/gateway' : written(4),
    urlScheme: flip(0.9) ? 'https' : written(2),
  };
  const isvc = iris({
    name: flip(0.9) ? 'iris' : 'n'.repeat(250),
    labels: { team: flip(0.8) ? 'vision' : written(2) },
  });
  const plans = plansWith(...(['transformer', 'explainer'] as const).filter(() => flip(0.4)));
  return { isvc, plans, changes };
}

const hostname = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What a function gives, or undefined when it says that nothing can be made. */
function result<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof IngressFailure) return undefined;
    throw error;
  }
}

test('whatever templates and domains say, there are hosts that Kubernetes takes or a typed error', () => {
  let made = 0;
  let refused = 0;
  // Collected, not expected one by one: hundreds of thousands of expectations would take minutes.
  const wrong = new Set<string>();
  for (let round = 0; round < 5_000; round += 1) {
    const { isvc, plans, changes } = anything();
    const checked = result(() => checkIngressSettings(settings(changes), changes)) ?? settings(changes);
    const services = { predictor: service([{ port: 80 }], 'None'), transformer: service([]) };
    const routes = result(() => listed(desiredHttpRoutes(sources({ isvc, plans, services, settings: checked }))));
    const ingress = result(() => desiredIngress(isvc, plans, checked, owner));
    const urls = result(() => urlsOf(isvc, plans, services, checked));
    result(() => componentUrl(plan('predictor'), checked));
    result(() => pathOf(isvc, checked));
    if (routes === undefined) refused += 1;
    else made += 1;

    const hosts = (routes ?? []).flatMap(({ spec }) => spec.hostnames ?? []);
    const ruled = ingress?.spec.rules.map(({ host }) => host ?? '') ?? [];
    for (const host of [...hosts, ...ruled]) {
      if (!hostname.test(host) || host.length > 253) wrong.add(host);
    }
    if (new Set(hosts).size < hosts.length && !sameHostByTemplate(changes.domainTemplate)) wrong.add(hosts.join());
    for (const pattern of (routes ?? []).flatMap(patternsOf)) {
      if (!isRegularExpression(pattern)) wrong.add(pattern);
    }
    if (urls !== undefined && !/^http:\/\/iris-(predictor|transformer)\./.test(urls.address)) wrong.add(urls.address);
  }
  expect([...wrong]).toEqual([]);
  expect(made).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(500);
});

/** A template without the name gives one host to all components. */
function sameHostByTemplate(template: string): boolean {
  return !template.includes('.Name }}') && !template.includes('.Name}}') && !template.includes('.Name -}}');
}

function patternsOf({ spec }: HttpRoute): readonly string[] {
  return (spec.rules ?? []).flatMap(({ matches = [] }) => matches.map(({ path }) => path?.value ?? ''));
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}
