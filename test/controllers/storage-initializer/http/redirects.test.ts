import { forOtherOrigin, redirectTarget } from '../../../../controllers/storage-initializer/http/redirects';

const from = 'https://models.example/a/model.bin?sig=s3cret';
const answer = (location: string | undefined, { status = 302, url = from } = {}) => ({
  status,
  url,
  headers: location === undefined ? {} : { location },
});

describe('where a redirect leads', () => {
  it.each([
    ['https://cdn.example/x?y=1', 'https://cdn.example/x?y=1'],
    ['/b/model.bin', 'https://models.example/b/model.bin'],
    ['other.bin', 'https://models.example/a/other.bin'],
    ['//cdn.example/x', 'https://cdn.example/x'],
    ['https://cdn.example/x#part', 'https://cdn.example/x'],
    ['https://me:pw@cdn.example/x', 'https://cdn.example/x'],
    [Buffer.from('/é').toString('latin1'), 'https://models.example/%C3%A9'],
    ['/\u00e9', 'https://models.example/%C3%A9'],
  ])('by %s is %s', (location, target) => {
    expect(redirectTarget(answer(location), 0, {}, 'link-local')).toBe(target);
  });

  it.each([301, 302, 303, 307, 308])('is taken of %d', (status) => {
    expect(redirectTarget(answer('/b', { status }), 0, {}, 'link-local')).toBe('https://models.example/b');
  });

  it.each([200, 206, 300, 304, 305, 404])('is nowhere with %d', (status) => {
    expect(redirectTarget(answer('/b', { status }), 0, {}, 'link-local')).toBeUndefined();
  });

  it('is nowhere without a location', () => {
    expect(redirectTarget(answer(undefined), 0, {}, 'link-local')).toBeUndefined();
  });

  it.each([
    ['http://models.example/x', /it leaves HTTPS$/],
    ['file:///etc/passwd', /it leaves HTTP$/],
    ['ftp://models.example/x', /it leaves HTTP$/],
    ['https://169.254.169.254/latest?sig=s3cret', /169\.254\.169\.254 is a link-local or metadata address$/],
    ['https://[::ffff:169.254.169.254]/', /is a link-local or metadata address$/],
    ['https://2852039166/', /169\.254\.169\.254 is a link-local or metadata address$/],
    ['https://:s3cret', /redirected to something that is no URL$/],
  ])('is not %s (SD-08)', (location, words) => {
    const target = () => redirectTarget(answer(location), 0, {}, 'link-local');
    expect(target).toThrow(words);
    expect(target).toThrow(/^https:\/\/models\.example\/a\/model\.bin: /);
    expect(target).not.toThrow(/s3cret/);
  });

  it('is the pod itself only when that is not refused (SD-08)', () => {
    const url = 'http://models.example/';
    expect(redirectTarget(answer('http://127.0.0.1/x', { url }), 0, {}, 'link-local')).toBe('http://127.0.0.1/x');
    expect(() => redirectTarget(answer('http://127.0.0.1/x', { url }), 0, {}, 'local')).toThrow('the pod itself');
  });

  it('is nowhere any more after the last one that is allowed (SD-08)', () => {
    expect(redirectTarget(answer('/b'), 9, {}, 'link-local')).toBeDefined();
    expect(() => redirectTarget(answer('/b'), 10, {}, 'link-local')).toThrow('more than 10 redirects');
    expect(() => redirectTarget(answer('/b'), 2, { most: 2 }, 'link-local')).toThrow('more than 2 redirects');
  });
});

describe('header fields for another origin', () => {
  it('say what is wanted and not by whom (SD-08)', () => {
    const wanted = { Range: 'bytes=0-1', 'if-match': '"1"', 'accept-encoding': 'identity' };
    const secrets = { Authorization: 'x', cookie: 'x', 'x-api-key': 'x', 'private-token': 'x', 'x-ms-date': 'x' };
    expect(forOtherOrigin({ ...wanted, ...secrets })).toEqual(wanted);
  });
});
