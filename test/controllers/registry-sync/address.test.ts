import { isTrusted, normaliseAddress } from '../../../controllers/registry-sync/address';

describe('a registry address', () => {
  it.each([
    ['registry.example.com', 'https://registry.example.com'],
    ['registry.example.com/models/', 'https://registry.example.com/models'],
    ['  https://registry.example.com//  ', 'https://registry.example.com'],
    ['http://registry.example.com:8080', 'http://registry.example.com:8080'],
    ['https://gateway.example.com/model-registry/prod', 'https://gateway.example.com/model-registry/prod'],
    ['HTTP://Registry.Example.com', 'http://registry.example.com'],
  ])('%j becomes %s', (written, base) => {
    expect(normaliseAddress(written, [])).toBe(base);
  });

  it.each([
    ['ftp://registry.example.com', 'has scheme ftp, allowed: http, https'],
    ['https://', 'is not a URL'],
    ['not a host', 'is not a URL'],
    ['https://registry.example.com/?a=b', 'must not contain a query or a fragment'],
    ['http://127.0.0.1:8080', 'is a loopback or link-local address and 127.0.0.1:8080 is not a trusted host'],
    ['http://localhost', 'is a loopback or link-local address'],
    ['http://[::1]:80', 'is a loopback or link-local address'],
    ['http://[::ffff:127.0.0.1]', 'is a loopback or link-local address'],
    ['http://169.254.169.254/latest/meta-data', 'is a loopback or link-local address'],
    ['http://2130706433/', 'is a loopback or link-local address'],
  ])('%j is refused: %s', (written, problem) => {
    expect(() => normaliseAddress(written, [])).toThrow(problem);
  });

  it('with a user and password is refused without repeating them', () => {
    expect(() => normaliseAddress('https://ann:secret@registry.example.com', [])).toThrow(
      'registry address "https://…@registry.example.com/" must not contain user information',
    );
  });

  it('may be loopback when the operator trusts that host and port', () => {
    expect(normaliseAddress('http://127.0.0.1:18080', ['127.0.0.1:18080'])).toBe('http://127.0.0.1:18080');
    expect(() => normaliseAddress('http://127.0.0.1:22', ['127.0.0.1:18080'])).toThrow('not a trusted host');
  });

  it('is trusted by host, or by host and port, never by prefix', () => {
    expect(isTrusted('https://registry.example.com', ['registry.example.com'])).toBe(true);
    expect(isTrusted('https://registry.example.com:8443', ['registry.example.com:8443'])).toBe(true);
    expect(isTrusted('https://registry.example.com.evil.org', ['registry.example.com'])).toBe(false);
  });
});
