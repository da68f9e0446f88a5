import { displayProxy, proxiesOf } from '../../../../controllers/storage-initializer/http/proxies';

const proxy = 'http://proxy.example:3128/';
const both = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };

describe('the proxy of a request', () => {
  it('is that of its scheme', () => {
    const proxies = proxiesOf({ HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'https://b:2' });
    expect(proxies.for('http://models.example')).toBe('http://a:1/');
    expect(proxies.for('https://models.example')).toBe('https://b:2/');
  });

  it('for HTTPS is none when there is only one for HTTP', () => {
    expect(proxiesOf({ HTTP_PROXY: proxy }).for('https://models.example')).toBeUndefined();
  });

  it('is that for all when its scheme has none', () => {
    const proxies = proxiesOf({ ALL_PROXY: proxy, HTTP_PROXY: 'http://a:1' });
    expect(proxies.for('https://models.example')).toBe(proxy);
    expect(proxies.for('http://models.example')).toBe('http://a:1/');
  });

  it('in lower case comes before the one in upper case, and empty means none', () => {
    expect(proxiesOf({ http_proxy: 'http://a:1', HTTP_PROXY: 'http://b:2' }).for('http://x')).toBe('http://a:1/');
    expect(proxiesOf({ http_proxy: '', HTTP_PROXY: 'http://b:2' }).for('http://x')).toBeUndefined();
  });

  it('needs no scheme', () => {
    expect(proxiesOf({ http_proxy: 'proxy.example:3128' }).for('http://x')).toBe(proxy);
  });

  it('of this process does not count: the environment that is passed does', () => {
    const before = process.env['HTTP_PROXY'];
    process.env['HTTP_PROXY'] = proxy;
    try {
      expect(proxiesOf({}).for('http://x')).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env['HTTP_PROXY'];
      else process.env['HTTP_PROXY'] = before;
    }
  });

  it.each(['socks5://me:s3cret@proxy.example:1080', 'http://me:s3#cret@proxy.example', 'http://', '://s3cret'])(
    'can not be %s, which no message shows (SD-12)',
    (value) => {
      let message = '';
      try {
        proxiesOf({ HTTPS_PROXY: value });
      } catch (error) {
        message = String(error);
      }
      expect(message).toContain('HTTPS_PROXY: expected the URL of an HTTP proxy like http://proxy.example:3128');
      expect(message).not.toContain('s3');
    },
  );

  it('is shown without its credentials (SD-12)', () => {
    expect(displayProxy('http://me:s3cret@proxy.example:3128/')).toBe('http://proxy.example:3128');
  });
});

describe('NO_PROXY', () => {
  it.each([
    ['*', 'https://models.example'],
    ['models.example', 'https://models.example'],
    ['models.example', 'https://MODELS.example:8443'],
    ['example', 'https://models.example'],
    ['.example', 'https://models.example'],
    ['.models.example', 'https://models.example'],
    ['*.example', 'https://models.example'],
    ['models.example', 'https://models.example.'],
    ['other, models.example', 'https://models.example'],
    ['other models.example', 'https://models.example'],
    ['models.example:443', 'https://models.example'],
    ['models.example:8080', 'http://models.example:8080'],
    ['127.0.0.1', 'http://127.0.0.1:9000'],
    ['localhost', 'http://localhost:9000'],
    ['10.0.0.0/8', 'http://10.1.2.3'],
    ['::1', 'http://[::1]:9000'],
    ['[::1]:9000', 'http://[::1]:9000'],
    ['fd00::/8', 'http://[fd12::1]'],
    ['.svc,.cluster.local', 'http://minio.models.svc.cluster.local:9000'],
  ])('%s is an exception for %s', (exceptions, origin) => {
    expect(proxiesOf({ ...both, NO_PROXY: exceptions }).for(origin)).toBeUndefined();
  });

  it.each([
    ['', 'https://models.example'],
    ['models.example', 'https://mymodels.example'],
    ['models.example', 'https://models.example.com'],
    ['*.models.example', 'https://models.example'],
    ['models.example:80', 'https://models.example'],
    ['10.0.0.0/8', 'http://11.1.2.3'],
    ['10.0.0.0/99', 'http://10.1.2.3'],
    ['10.0.0.0/8', 'http://10.example'],
    ['0.0.1', 'http://127.0.0.1'],
  ])('"%s" is none for %s', (exceptions, origin) => {
    expect(proxiesOf({ ...both, no_proxy: exceptions }).for(origin)).toBe(proxy);
  });
});
