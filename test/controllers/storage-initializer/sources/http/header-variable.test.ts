import { headersFor } from '../../../../../controllers/storage-initializer/sources/http/header-variable';

const host = 'foo.bar';

describe('the variable <hostname>-headers', () => {
  it('is a JSON object of header fields, their names in any case of letters', () => {
    const environment = { 'foo.bar-headers': '{\n "Account-Name": "me",\n "X-Key": 12, "x-flag": true\n}' };
    expect(headersFor(host, environment)).toEqual({ 'account-name': 'me', 'x-key': '12', 'x-flag': 'true' });
  });

  it('is found whatever the case of its letters: host names have none', () => {
    expect(headersFor(host, { 'Foo.Bar-headers': '{"a":"b"}' })).toEqual({ a: 'b' });
  });

  it.each([{}, { 'foo.bar-headers': '' }, { 'foo.bar-headers': '{}' }, { 'other.host-headers': '{"a":"b"}' }])(
    'means no fields in %j',
    (environment) => {
      expect(headersFor(host, environment)).toEqual({});
    },
  );

  it.each([
    ['no JSON', 'Bearer s3cret', /expected a JSON object of header fields/],
    ['a list', '["s3cret"]', /expected a JSON object of header fields/],
    ['a value that is an object', '{"authorization":{"token":"s3cret"}}', /wrong is "authorization"/],
    ['a line break in a value', '{"authorization":"s3cret\\r\\nx: y"}', /wrong is "authorization"/],
    ['a space in a name', '{"my name":"s3cret"}', /wrong is "my name"/],
    ['a field of the connection', '{"Transfer-Encoding":"s3cret"}', /the header field transfer-encoding can't be set/],
    ['a field of the proxy', '{"proxy-authorization":"s3cret"}', /proxy-authorization can't be set/],
  ])('with %s is refused by its name, without its value (SD-12)', (_what, value, words) => {
    let message = '';
    try {
      headersFor(host, { 'foo.bar-headers': value });
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/ConfigError: environment: foo\.bar-headers: /);
    expect(message).toMatch(words);
    expect(message).not.toContain('s3cret');
  });
});
