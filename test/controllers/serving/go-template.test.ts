import { GoTemplateError, renderGoTemplate } from '../../../controllers/serving/go-template';

const data = {
  Name: 'iris',
  Namespace: 'ml',
  IngressDomain: 'example.com',
  Empty: '',
  Labels: { model: 'a&b<c>"d"', 'team.io/name': 'x', 'a}}b': 'braces' },
  Annotations: {},
};

describe('a Go template', () => {
  it.each([
    ['nothing to render', 'nothing to render'],
    ['', ''],
    ['{{.Name}}', 'iris'],
    ['{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}', 'iris-ml.example.com'],
    ['{{$.Name}}', 'iris'],
    ['--name={{.Labels.model}}', '--name=a&b<c>"d"'],
    ['{{index .Labels "team.io/name"}}', 'x'],
    ['{{index .Labels `team.io/name`}}', 'x'],
    ['{{index .Labels "a}}b"}}', 'braces'],
    ['[{{.Labels.missing}}]', '[]'],
    ['[{{index .Annotations "missing"}}]', '[]'],
    ['[{{.Labels.constructor}}{{.Labels.__proto__}}]', '[]'],
    ['{{"{{"}} messages {{"}}"}}', '{{ messages }}'],
    ['{{"a\\tb\\"\\x41\\u00e9\\U0001F600\\101"}}', 'a\tb"Aé😀A'],
    ['a {{- .Name -}} b', 'airisb'],
    ['a {{- .Name }} b', 'airis b'],
    ['a\n\t {{- /* why */ -}} \r\n b', 'ab'],
    ['a {{/* why }} */}} b', 'a  b'],
    ['{{.Name -}}   {{- .Namespace}}', 'irisml'],
    ['{{ .Name -}} ', 'iris'],
    ['}} is text', '}} is text'],
    ['{"a": {"b": 1}}', '{"a": {"b": 1}}'],
  ])('%j renders as %j', (template, rendered) => {
    expect(renderGoTemplate(template, data)).toBe(rendered);
  });

  it('does not render what a value holds', () => {
    expect(renderGoTemplate('{{.Name}}', { Name: '{{.Namespace}}', Namespace: 'ml' })).toBe('{{.Namespace}}');
  });

  it.each([
    ['{{.Name', 'an action is not closed: every {{ needs its }}'],
    ['{{"a}}', 'an action is not closed: every {{ needs its }}'],
    ['{{/* open }}', 'unexpected "/* open'],
    ['{{.Foo}}', 'there is no field .Foo: use one of .Name, .Namespace, .IngressDomain, .Empty, .Labels, .Annotations'],
    ['{{.name}}', 'there is no field .name'],
    ['{{.constructor}}', 'there is no field .constructor'],
    ['{{.Name.First}}', '.Name is text, it has no keys'],
    ['{{.Labels.a.b}}', '.Labels.a.b goes too deep: Labels.a is text'],
    ['{{.Labels}}', '.Labels is a map: name one of its keys, {{index .Labels "key"}}'],
    ['{{.Labels.my-key}}', 'unexpected "-key" in {{.Labels.my-key}}'],
    ['{{index .Labels team}}', 'index takes a map and a quoted key'],
    ['{{index .Labels}}', 'index takes a map and a quoted key'],
    ['{{index .Labels "a" "b"}}', 'is not supported'],
    ['{{index .Name "a"}}', '.Name is text, it has no keys'],
    ['{{index .Foo "a"}}', 'there is no field .Foo'],
    ['{{}}', '{{}} is not supported'],
    ['{{.}}', 'unexpected "."'],
    ['{{-.Name}}', 'unexpected "-.Name"'],
    ['{{.Name "a"}}', 'is not supported'],
    ['{{index.Labels "a"}}', 'unexpected ".Labels'],
    ['{{if .Name}}a{{end}}', '{{if .Name}} is not supported: supported are'],
    ['{{.Name | printf "%s"}}', 'unexpected "| printf'],
    ['{{"\\q"}}', '"\\q" has an escape that is not known'],
    ['{{"\\U00110000"}}', 'has an escape that is not known'],
    ['{{ messages }}', '{{ messages }} is not supported'],
  ])('%j is refused: %s', (template, cause) => {
    const render = () => renderGoTemplate(template, data);
    expect(render).toThrow(GoTemplateError);
    expect(render).toThrow(`template ${JSON.stringify(template)}: `);
    expect(render).toThrow(cause);
  });

  it('takes no more than a moment for long texts of any kind', () => {
    const started = performance.now();
    renderGoTemplate(`a${' '.repeat(200_000)}b${'{{- .Name -}} '.repeat(20_000)}`, data);
    for (const open of ['{{ ' + ' '.repeat(200_000), '{{' + '"a" '.repeat(50_000), '{{"' + 'a'.repeat(200_000)]) {
      expect(() => renderGoTemplate(open, data)).toThrow(GoTemplateError);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
