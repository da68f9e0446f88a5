import { startForwardProxy } from '../../../../doubles/forward-proxy/forward-proxy';
import { startTlsFront } from '../../../../doubles/tls-front/tls-front';
import { startVersitygw, type Versitygw } from '../../../../storage-servers/versitygw';
import { buildTimeout, goProgram } from '../../../../tools/go-programs';
import { startAnsweringFront } from './answering-front';
import { fetchedFrom } from './s3-fetch';

let server: Versitygw;

beforeAll(async () => {
  await goProgram('versitygw');
  server = await startVersitygw({ virtualDomain: 's3.example.test' });
  await server.makeBucket('models');
  await server.put('models', 'm/a b.bin', 'content');
}, buildTimeout);
afterAll(() => server.stop());

const content = { 'a b.bin': 'content' };

test('a custom endpoint is addressed path-style (SD-09)', async () => {
  const front = await startAnsweringFront(server.endpoint, () => undefined);
  try {
    const { files } = await fetchedFrom(server, 's3://models/m', { AWS_ENDPOINT_URL: front.url });
    expect(files).toEqual(content);
    expect(front.asked).toEqual(['GET /models/?encoding-type=url&list-type=2&prefix=m', 'GET /models/m/a%20b.bin']);
  } finally {
    await front.close();
  }
});

test('S3_USER_VIRTUAL_BUCKET gives the bucket its own host (SD-09)', async () => {
  // A proxy leads the names to the server: they are in no DNS.
  const proxy = await startForwardProxy((authority) =>
    authority === 'models.s3.example.test' ? server.endpoint : undefined,
  );
  try {
    const { files } = await fetchedFrom(server, 's3://models/m', {
      AWS_ENDPOINT_URL: 'http://s3.example.test',
      S3_USER_VIRTUAL_BUCKET: 'True',
      HTTP_PROXY: proxy.url,
      NO_PROXY: '',
    });
    expect(files).toEqual(content);
    expect(new Set(proxy.asked)).toEqual(new Set(['models.s3.example.test']));
  } finally {
    await proxy.close();
  }
});

test('a bucket of AWS is asked at the host of its region, and again where it says that it is', async () => {
  // AWS can't be had here: the proxy answers for it, as the documentation of S3 has it (PermanentRedirect, virtual-hosted addresses).
  const aws = await startAnsweringFront(undefined, ({ headers, url }) => {
    if (headers.host !== 'models.s3.eu-north-1.amazonaws.com') {
      return { status: 301, headers: { 'x-amz-bucket-region': 'eu-north-1' } };
    }
    if (!headers.authorization?.includes('/eu-north-1/s3/aws4_request')) return { status: 403 };
    if (url.includes('list-type')) {
      return {
        status: 200,
        body: '<ListBucketResult><Contents><Key>m/x</Key><Size>1</Size></Contents></ListBucketResult>',
      };
    }
    return { status: 200, body: 'x' };
  });
  const tls = await startTlsFront('amazonaws.com', aws.url);
  const proxy = await startForwardProxy((authority) =>
    authority.endsWith('.amazonaws.com:443') ? tls.url : undefined,
  );
  try {
    const { files, log } = await fetchedFrom(server, 's3://models/m', {
      AWS_ENDPOINT_URL: '',
      HTTPS_PROXY: proxy.url,
      NO_PROXY: '',
      // The certificate is not AWS's.
      S3_VERIFY_SSL: '0',
    });
    expect(files).toEqual({ x: 'x' });
    expect(new Set(proxy.asked)).toEqual(
      new Set(['models.s3.us-east-1.amazonaws.com:443', 'models.s3.eu-north-1.amazonaws.com:443']),
    );
    expect(log.join('\n')).toContain('bucket models is in region eu-north-1, not us-east-1');
  } finally {
    await proxy.close();
    await tls.close();
    await aws.close();
  }
});
