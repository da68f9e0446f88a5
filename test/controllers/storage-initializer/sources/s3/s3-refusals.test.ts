import type { Environment } from '../../../../../controllers/component';
import { realClock } from '../../../../../controllers/runtime/clock';
import { openS3Source } from '../../../../../controllers/storage-initializer/sources/s3/s3-source';
import type { ObjectSource, OpenSource } from '../../../../../controllers/storage-initializer/source';
import { freePort } from '../../../../cluster/free-port';
import { startVersitygw, type Versitygw } from '../../../../storage-servers/versitygw';
import { buildTimeout, goProgram } from '../../../../tools/go-programs';
import { fetched } from '../../fetched-tree';
import { s3ErrorAnswer, startAnsweringFront, type AskedRequest, type FrontAnswer } from './answering-front';
import { environmentOf, fetchedFrom } from './s3-fetch';

let server: Versitygw;

beforeAll(async () => {
  await goProgram('versitygw');
  server = await startVersitygw({ region: 'eu-west-1' });
  await server.makeBucket('models');
  await server.put('models', 'm/x', 'content of x');
  await server.put('models', 'm/y', 'content of y');
  await server.addUser('nobody', 'secret-of-nobody');
}, buildTimeout);
afterAll(() => server.stop());

/** The message of a fetch that must fail; no secret may be in it. */
async function messageOf(uri: string, environment: Environment = {}, options = {}): Promise<string> {
  const error: unknown = await fetchedFrom(server, uri, environment, options).then(
    () => 'it was fetched',
    (reason: unknown) => reason,
  );
  const message = error instanceof Error ? error.message : String(error);
  for (const secret of [server.secretKey, 'secret-of-nobody', 'wrong-secret']) expect(message).not.toContain(secret);
  return message;
}

test('S3 forbidden: a user without rights is told of S3 and of the URI (SD-13)', async () => {
  const nobody = { AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'secret-of-nobody' };
  expect(await messageOf('s3://models/m', nobody)).toBe(
    "Access denied to S3 resource 's3://models/m'. Verify permissions. (AccessDenied: Access Denied.)",
  );
});

test('S3 no credentials: the message says what to set and where was looked (SI-14)', async () => {
  const nothing = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', HOME: '/nonexistent' };
  expect(await messageOf('s3://models/m', nothing)).toBe(
    'S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true. (no credentials: looked for AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, a profile, container credentials and instance metadata)',
  );
});

test('half of the credentials is told, not taken for none', async () => {
  expect(await messageOf('s3://models/m', { AWS_SECRET_ACCESS_KEY: '' })).toContain(
    'S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true. (AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not)',
  );
});

test.each([
  ['an unknown key', { AWS_ACCESS_KEY_ID: 'no-such-key' }, 'InvalidAccessKeyId'],
  ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong-secret' }, 'SignatureDoesNotMatch'],
])('S3 wrong key: %s', async (_name, environment, code) => {
  expect(await messageOf('s3://models/m', environment)).toBe(
    `Invalid AWS credentials. Verify AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (${code})`,
  );
});

test('S3 missing bucket: its name is told, and no HeadBucket was needed (SD-10)', async () => {
  const front = await startAnsweringFront(server.endpoint, () => undefined);
  try {
    expect(await messageOf('s3://no-such-bucket/m', { AWS_ENDPOINT_URL: front.url })).toBe(
      "S3 bucket 'no-such-bucket' does not exist.",
    );
    expect(front.asked).toEqual(['GET /no-such-bucket/?encoding-type=url&list-type=2&prefix=m']);
  } finally {
    await front.close();
  }
});

test('S3 connection: nobody listens', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  expect(await messageOf('s3://models/m', { AWS_ENDPOINT_URL: endpoint })).toMatch(
    new RegExp(`^Failed to connect to S3 endpoint '${endpoint}'\\. \\(.*ECONNREFUSED.*\\)$`),
  );
});

test('S3 wrong endpoint: a name that is none, and a server that is not S3', async () => {
  const environment = { AWS_ENDPOINT_URL: 'http://s3.slipway.invalid' };
  expect(await messageOf('s3://models/m', environment)).toMatch(
    /^Failed to connect to S3 endpoint 'http:\/\/s3\.slipway\.invalid'\. \(.*(ENOTFOUND|EAI_AGAIN).*\)$/,
  );
  const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><br>Welcome</html>' };
  expect(await messageThrough(() => page)).toBe(
    'S3 error: listing s3://models/m: the answer is no XML, is the endpoint an S3 server?',
  );
});

/** The message when a front gives these answers before the server does. */
async function messageThrough(answer: (asked: AskedRequest) => FrontAnswer | undefined, clock = realClock) {
  const front = await startAnsweringFront(server.endpoint, answer);
  try {
    return await messageOf('s3://models/m', { AWS_ENDPOINT_URL: front.url, S3_MAX_ATTEMPTS: '1' }, { clock });
  } finally {
    await front.close();
  }
}

test('nothing below a prefix is an error', async () => {
  expect(await messageOf('s3://models/nothing')).toBe('Failed to fetch model. No model found in s3://models/nothing.');
});

test('S3 wrong region: the server names its own, the request is signed again, and the log says what to set', async () => {
  const { files, log } = await fetchedFrom(server, 's3://models/m', { AWS_REGION: 'us-west-2' });
  expect(files).toEqual({ x: 'content of x', y: 'content of y' });
  expect(log.filter((line) => line.includes('is in region eu-west-1, not us-west-2'))).toHaveLength(1);
});

test('a region that leads in circles ends', async () => {
  const elsewhere = () =>
    s3ErrorAnswer(301, 'PermanentRedirect', 'elsewhere', '', { 'x-amz-bucket-region': 'ap-south-1' });
  expect(await messageThrough(elsewhere)).toBe('S3 error [PermanentRedirect]: elsewhere (s3://models/m)');
});

test('a clock that is 16 minutes off is told with its difference', async () => {
  const slow = { ...realClock, now: () => Date.now() - 16 * 60_000 };
  expect(await messageOf('s3://models/m', {}, { clock: slow })).toBe(
    "S3 error [RequestTimeTooSkewed]: the clock of this machine is 16 min behind the server's, set the clock of the node",
  );
  const fast = { ...realClock, now: () => Date.now() + 16 * 60_000 };
  expect(await messageOf('s3://models/m', {}, { clock: fast })).toContain('16 min ahead of the server');
});

test('503 and SlowDown are tried again until it goes', async () => {
  let refusals = 0;
  const front = await startAnsweringFront(server.endpoint, ({ url }) => {
    refusals += 1;
    if (refusals === 1) return s3ErrorAnswer(503, 'SlowDown', 'Reduce your request rate.');
    if (refusals > 2 && refusals < 5 && url.includes('/m/')) return { status: 503 };
    return undefined;
  });
  try {
    const { files } = await fetchedFrom(server, 's3://models/m', { AWS_ENDPOINT_URL: front.url });
    expect(files).toEqual({ x: 'content of x', y: 'content of y' });
  } finally {
    await front.close();
  }
});

test('503 without end is told as what it is', async () => {
  expect(await messageThrough(() => s3ErrorAnswer(503, 'SlowDown', 'Reduce your request rate.'))).toBe(
    'S3 error [SlowDown]: Reduce your request rate.',
  );
});

/** The source, where something happens between the listing and the GETs. */
function afterListing(happens: () => Promise<void>): OpenSource {
  return async (uri, context) => {
    const source = (await openS3Source(uri, context)) as ObjectSource;
    return {
      ...source,
      async *files(signal) {
        const files = [];
        for await (const file of source.files(signal)) files.push(file);
        await happens();
        yield* files;
      },
    };
  };
}

test('an object that is deleted between list and get is named', async () => {
  await server.put('models', 'gone/x', 'x');
  const open = afterListing(() => server.remove('models', 'gone/x'));
  await expect(fetched(open, 's3://models/gone', { environment: environmentOf(server) })).rejects.toThrow(
    /^S3 resource 's3:\/\/models\/gone\/x' not found\. \(NoSuchKey: /,
  );
});

test('an object that is replaced between list and get is fetched as it is now, and the log says so', async () => {
  await server.put('models', 'new/x', 'old');
  const open = afterListing(() => server.put('models', 'new/x', 'newer'));
  const { files, log } = await fetched(open, 's3://models/new', { environment: environmentOf(server) });
  expect(files).toEqual({ x: 'newer' });
  expect(log.join('\n')).toContain('was replaced while it was fetched');
});

test('nothing that is secret is in the log (SD-12)', async () => {
  // The wrong region makes it say something.
  const { log } = await fetchedFrom(server, 's3://models/m', { AWS_REGION: 'us-west-2' });
  expect(log.length).toBeGreaterThan(0);
  for (const secret of [server.secretKey, 'Signature=']) expect(log.join('\n')).not.toContain(secret);
});
