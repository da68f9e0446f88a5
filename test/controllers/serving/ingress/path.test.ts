import { IngressPathError, pathOf, quoted } from '../../../../controllers/serving/ingress/path';
import { iris, settings } from './subjects';

const path = (pathTemplate: string) => pathOf(iris(), settings({ pathTemplate, ingressDomain: 'example.com' }));

test('there is no path without a template', () => {
  expect(path('')).toBeUndefined();
});

test.each([
  ['/serving/{{ .Namespace }}/{{ .Name }}', '/serving/ml-models/iris'],
  ['/serving/{{ .Namespace }}/{{ .Name }}/', '/serving/ml-models/iris'],
  ['/{{ .Name }}//', '/iris'],
  ['/', ''],
  ['/a%20b/{{ .Name }}', '/a%20b/iris'],
  ['/a:b/{{ .Name }}', '/a:b/iris'],
])('%s gives %j: slashes at the end are dropped (case 85)', (template, expected) => {
  expect(path(template)).toBe(expected);
});

test.each([
  ['serving/{{ .Name }}', 'it must start with /'],
  ['{{ .Name }}', 'it must start with /'],
  ['http://example.com/{{ .Name }}', 'it must not have a scheme or host'],
  ['mailto:{{ .Name }}', 'it must not have a scheme or host'],
  ['//example.com/{{ .Name }}', 'it must not have a scheme or host'],
  ['/{{ .Name }}?a=b', 'it has characters that a path can not have'],
  ['/{{ .Name }}#top', 'it has characters that a path can not have'],
  ['/a b', 'it has characters that a path can not have'],
  ['/a%2', 'it has characters that a path can not have'],
  [`/${'a'.repeat(512)}`, 'it has 513 characters, at most 512 are allowed'],
])('%s is refused (case 85)', (template, problem) => {
  expect(() => path(template)).toThrow(IngressPathError);
  expect(() => path(template)).toThrow(problem);
});

test('a template that fails is refused with the cause', () => {
  expect(() => path('/{{ .Name')).toThrow(IngressPathError);
  expect(() => path('/{{ .Name')).toThrow(/^error rendering the path template: ./);
});

test('a quoted path matches itself only', () => {
  const written = "/a.b/(c)/$d+e*'!~";
  expect(new RegExp(`^${quoted(written)}$`).test(written)).toBe(true);
  expect(new RegExp(`^${quoted('/a.b')}$`).test('/axb')).toBe(false);
  expect(quoted('/serving/ml-models/iris')).toBe('/serving/ml-models/iris');
});
