import type { Clock } from '../../../../../controllers/runtime/clock';
import { realClock } from '../../../../../controllers/runtime/clock';
import {
  canonicalQuery,
  RequestSigner,
  strictEncode,
} from '../../../../../controllers/storage-initializer/sources/s3/request-signature';

/** Keys, time and bucket of the examples in the S3 documentation on signature version 4. */
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const at = (time: string): Clock => ({ ...realClock, now: () => Date.parse(time) });
const example = { host: 'examplebucket.s3.amazonaws.com', query: '', headers: {} };

test.each([
  {
    name: 'a GET of a range',
    request: { ...example, method: 'GET', path: '/test.txt', headers: { range: 'bytes=0-9' } },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'a GET with a sub-resource',
    request: { ...example, method: 'GET', path: '/', query: 'lifecycle=' },
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'a listing',
    request: { ...example, method: 'GET', path: '/', query: canonicalQuery({ prefix: 'J', 'max-keys': '2' }) },
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
])('$name is signed as in the documentation of S3', ({ request, signature }) => {
  const signed = new RequestSigner(at('2013-05-24T00:00:00Z')).sign(request, keys, 'us-east-1');
  expect(signed['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20130524\/us-east-1\/s3\/aws4_request, /,
  );
  expect(signed['authorization']).toContain(`Signature=${signature}`);
});

test('a session token is sent and part of the signature', () => {
  const signer = new RequestSigner(at('2013-05-24T00:00:00Z'));
  const request = { ...example, method: 'GET', path: '/test.txt' };
  const signed = signer.sign(request, { ...keys, sessionToken: 'token-of-a-session' }, 'us-east-1');
  expect(signed['x-amz-security-token']).toBe('token-of-a-session');
  expect(signed['authorization']).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,');
});

test('the kept key is that of the day, the region and the credentials', () => {
  let now = Date.parse('2013-05-23T12:00:00Z');
  const signer = new RequestSigner({ ...realClock, now: () => now });
  const request = { ...example, method: 'GET', path: '/test.txt', headers: { range: 'bytes=0-9' } };
  signer.sign(request, keys, 'eu-west-1');
  signer.sign(request, { ...keys, secretAccessKey: 'another' }, 'us-east-1');
  now = Date.parse('2013-05-24T00:00:00Z');
  expect(signer.sign(request, keys, 'us-east-1')['authorization']).toContain(
    'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

test('fields that proxies change are sent and not signed', () => {
  const request = { ...example, method: 'GET', path: '/', headers: { 'accept-encoding': 'identity' } };
  const signed = new RequestSigner(realClock).sign(request, keys, 'us-east-1');
  expect(signed['accept-encoding']).toBe('identity');
  expect(signed['authorization']).not.toContain('accept-encoding');
});

test.each([
  ["a b+c(d)*'!~", 'a%20b%2Bc%28d%29%2A%27%21~'],
  ['é😀', '%C3%A9%F0%9F%98%80'],
  ['100%', '100%25'],
])('%s is encoded as %s', (text, encoded) => {
  expect(strictEncode(text)).toBe(encoded);
});
