import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../../../../controllers/component';
import { parseProfiles } from '../../../../../controllers/storage-initializer/sources/s3/credentials/profile-files';
import { startVersitygw, type Versitygw } from '../../../../storage-servers/versitygw';
import { buildTimeout, goProgram } from '../../../../tools/go-programs';
import type { Fetched } from '../../fetched-tree';
import {
  s3ErrorAnswer,
  startAnsweringFront,
  type AnsweringFront,
  type AskedRequest,
  type FrontAnswer,
} from './answering-front';
import { fetchedFrom } from './s3-fetch';

/*
 * The token service, the agent of EKS pod identity and the metadata service of EC2 can't be installed: doubles stand in, which answer
 * what AWS's documentation says (STS API reference, AssumeRoleWithWebIdentity; EKS user guide, pod identity; EC2 user guide, IMDSv2).
 * They know one token and one answer. Sessions of a real S3 server would need its own token service too, so the storage that knows them
 * is a double as well: three objects for the right session token, `ExpiredToken` (400) for every other, as S3's error list has it.
 * Signatures are not looked at there; that they are right, the tests with a real server show.
 */

let server: Versitygw;
let directory: string;
const fronts: AnsweringFront[] = [];

beforeAll(async () => {
  await goProgram('versitygw');
  server = await startVersitygw();
  await server.makeBucket('models');
  for (const name of ['a', 'b', 'c']) await server.put('models', `m/${name}`, name);
  directory = await mkdtemp(join(tmpdir(), 'slipway-credentials-'));
}, buildTimeout);
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});
afterEach(async () => {
  for (const front of fronts.splice(0)) await front.close();
});

async function front(target: string | undefined, answer: (asked: AskedRequest) => FrontAnswer | undefined) {
  const started = await startAnsweringFront(target, answer);
  fronts.push(started);
  return started;
}

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

/** No credentials but those that a test brings. */
const nothing = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', HOME: '/nonexistent' };

function fetchedWith(environment: Environment): Promise<Fetched> {
  return fetchedFrom(server, 's3://models/m', { ...nothing, ...environment });
}

const all = { a: 'a', b: 'b', c: 'c' };
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');

/** An S3 that serves three objects to who has the session token that is valid now, and tells the others that theirs has expired. */
function sessionStorage(valid: (asked: AskedRequest) => boolean): Promise<AnsweringFront> {
  return front(undefined, (asked) => {
    if (!valid(asked)) return s3ErrorAnswer(400, 'ExpiredToken', 'The provided token has expired.');
    const name = /^\/models\/m\/([abc])$/.exec(asked.url)?.[1];
    if (name !== undefined) return { status: 200, headers: { etag: `"${name}"` }, body: name };
    const contents = ['a', 'b', 'c'].map(
      (key) => `<Contents><Key>m/${key}</Key><Size>1</Size><ETag>"${key}"</ETag></Contents>`,
    );
    return { status: 200, body: `<ListBucketResult>${contents.join('')}</ListBucketResult>` };
  });
}

describe('profiles', () => {
  test('keys come from the credentials file, the region from the config file', async () => {
    const credentials = await file(
      'credentials',
      `[other]\naws_access_key_id = x\n\n[team]\n# of the team\naws_access_key_id = ${server.accessKey}\naws_secret_access_key=${server.secretKey}\n`,
    );
    const config = await file('config', '[profile team]\nregion = us-east-1\ns3 =\n  addressing_style = path\n');
    const environment = {
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_CONFIG_FILE: config,
      AWS_PROFILE: 'team',
      AWS_REGION: '',
    };
    expect((await fetchedWith(environment)).files).toEqual(all);
  });

  test('a profile that nobody has is an error, whatever else there may be', async () => {
    await expect(fetchedWith({ AWS_PROFILE: 'absent' })).rejects.toThrow(
      'profile absent is neither in /nonexistent/.aws/credentials nor in /nonexistent/.aws/config',
    );
  });

  test('a profile that wants what a pod can not do says so', async () => {
    const config = await file('config-sso', '[default]\nsso_session = corp\n');
    await expect(fetchedWith({ AWS_CONFIG_FILE: config })).rejects.toThrow(
      'profile default has sso_session, which a pod can not use',
    );
  });

  test('sections, comments and nested settings are understood', () => {
    const profiles = parseProfiles('[a]\r\nKey = v # c\r\n;x = y\n s3 = z\nk2=a=b\n[ profile  b ]\nk=\n');
    expect([...profiles].map(([name, settings]) => [name, Object.fromEntries(settings)])).toEqual([
      ['a', { key: 'v', k2: 'a=b' }],
      ['profile b', { k: '' }],
    ]);
  });
});

describe('web identity', () => {
  const role = 'arn:aws:iam::111122223333:role/reader';
  const answerOf = (session: string) =>
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>secret-of-session</SecretAccessKey><SessionToken>${session}</SessionToken><Expiration>${inAnHour()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

  test('the token of the service account becomes credentials of the role', async () => {
    const tokenFile = await file('token', 'token-of-account\n');
    const sts = await front(undefined, ({ method, url, body }) => {
      const form = new URLSearchParams(body);
      const asIsRight =
        method === 'POST' &&
        url === '/' &&
        form.get('Action') === 'AssumeRoleWithWebIdentity' &&
        form.get('Version') === '2011-06-15' &&
        form.get('RoleArn') === role &&
        form.get('RoleSessionName') === 'my-session' &&
        form.get('WebIdentityToken') === 'token-of-account';
      return asIsRight ? { status: 200, body: answerOf('session-1') } : { status: 400 };
    });
    const storage = await sessionStorage(({ headers }) => headers['x-amz-security-token'] === 'session-1');
    const { files, log } = await fetchedWith({
      AWS_ENDPOINT_URL: storage.url,
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_ROLE_ARN: role,
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ROLE_SESSION_NAME: 'my-session',
    });
    expect(files).toEqual(all);
    expect(sts.asked).toEqual(['POST /']);
    for (const secret of ['token-of-account', 'session-1', 'secret-of-session'])
      expect(log.join()).not.toContain(secret);
  });

  test('a session that ends half-way is renewed once, with the token as it is then', async () => {
    const tokenFile = await file('token-renewed', 'token-of-account');
    let sessions = 0;
    const sts = await front(undefined, () => {
      sessions += 1;
      return { status: 200, body: answerOf(`session-${sessions}`) };
    });
    let served = 0;
    const storage = await sessionStorage(({ headers }) => {
      served += 1;
      // The listing and one object; then it is over with the first session.
      return headers['x-amz-security-token'] === (served <= 2 ? 'session-1' : 'session-2');
    });
    const { files, log } = await fetchedWith({
      AWS_ENDPOINT_URL: storage.url,
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_ROLE_ARN: role,
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      S3_MAX_FILE_CONCURRENCY: '1',
    });
    expect(files).toEqual(all);
    expect(sessions).toBe(2);
    expect(log.filter((line) => line.includes(`credentials of role ${role} renewed`))).toHaveLength(1);
  });

  test('a refusal names role, file and reason, and not the token', async () => {
    const tokenFile = await file('token-refused', 'token-of-account');
    const body =
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>';
    const sts = await front(undefined, () => ({ status: 403, body }));
    const environment = { AWS_ENDPOINT_URL_STS: sts.url, AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile };
    const failed = fetchedWith(environment);
    await expect(failed).rejects.toThrow(
      `(assuming role ${role} with the token of ${tokenFile}: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity)`,
    );
    await expect(failed).rejects.not.toThrow('token-of-account');
  });

  test('a token file that is missing is named', async () => {
    const environment = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent/token' };
    await expect(fetchedWith(environment)).rejects.toThrow(
      `assuming role ${role} with the token of /nonexistent/token: ENOENT`,
    );
  });
});

describe('agents', () => {
  const credentials = (expiration: string) =>
    JSON.stringify({
      AccessKeyId: 'ASIA2',
      SecretAccessKey: 'secret-of-pod',
      Token: 'session-of-pod',
      Expiration: expiration,
    });
  const ofPod = ({ headers }: AskedRequest) => headers['x-amz-security-token'] === 'session-of-pod';

  test('EKS pod identity: the agent is asked with the token of the pod', async () => {
    const agent = await front(undefined, ({ headers, url }) =>
      headers.authorization === 'token-of-pod' && url === '/v1/credentials'
        ? { status: 200, body: credentials(inAnHour()) }
        : { status: 401 },
    );
    const storage = await sessionStorage(ofPod);
    const environment = {
      AWS_ENDPOINT_URL: storage.url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.url}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await file('pod-token', 'token-of-pod'),
    };
    expect((await fetchedWith(environment)).files).toEqual(all);
    expect(agent.asked).toHaveLength(1);
  });

  test('credentials that end soon are asked for again, and not for every file', async () => {
    const agent = await front(undefined, () => ({
      status: 200,
      body: credentials(new Date(Date.now() + 60_000).toISOString()),
    }));
    const storage = await sessionStorage(ofPod);
    const environment = { AWS_ENDPOINT_URL: storage.url, AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url };
    expect((await fetchedWith(environment)).files).toEqual(all);
    expect(agent.asked).toHaveLength(1);
  });

  test('credentials that are expired when they come end it', async () => {
    const agent = await front(undefined, () => ({ status: 200, body: credentials(inAnHour()) }));
    const storage = await sessionStorage(() => false);
    const environment = { AWS_ENDPOINT_URL: storage.url, AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url };
    await expect(fetchedWith(environment)).rejects.toThrow('those of the container have expired');
    expect(agent.asked).toHaveLength(2);
  });

  test('the token of the pod is shown to no other host without TLS', async () => {
    const environment = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://evil.example.com/x?y=secret',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token-of-pod',
    };
    await expect(fetchedWith(environment)).rejects.toThrow(
      'AWS_CONTAINER_CREDENTIALS_FULL_URI is http://evil.example.com/x: expected https, or http to the agent of this node',
    );
  });

  test('an answer without credentials is told without its words', async () => {
    const agent = await front(undefined, () => ({ status: 200, body: '{"SecretAccessKey":"leak","AccessKeyId":"A"}' }));
    const failed = fetchedWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url });
    await expect(failed).rejects.toThrow('the answer has no usable Token');
    await expect(failed).rejects.not.toThrow('leak');
  });

  const metadata = ({ method, url, headers }: AskedRequest): FrontAnswer => {
    if (method === 'PUT' && url === '/latest/api/token') {
      return headers['x-aws-ec2-metadata-token-ttl-seconds'] === '21600'
        ? { status: 200, body: 'token-v2' }
        : { status: 400 };
    }
    if (headers['x-aws-ec2-metadata-token'] !== 'token-v2') return { status: 401 };
    if (url === '/latest/meta-data/iam/security-credentials/') return { status: 200, body: 'node-role\n' };
    return url.endsWith('/node-role') ? { status: 200, body: credentials(inAnHour()) } : { status: 404 };
  };

  test('EC2: the role of the instance, with a token of version 2', async () => {
    const imds = await front(undefined, metadata);
    const storage = await sessionStorage(ofPod);
    const environment = {
      AWS_ENDPOINT_URL: storage.url,
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url,
    };
    expect((await fetchedWith(environment)).files).toEqual(all);
  });

  test('EC2: an instance without role, or switched off, has no credentials', async () => {
    const imds = await front(undefined, (asked) => (asked.method === 'PUT' ? metadata(asked) : { status: 404 }));
    const environment = { AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url };
    await expect(fetchedWith({ ...environment, AWS_EC2_METADATA_DISABLED: '' })).rejects.toThrow('no credentials');
    expect(imds.asked).toHaveLength(2);
    await expect(fetchedWith({ ...environment, AWS_EC2_METADATA_DISABLED: 'true' })).rejects.toThrow('no credentials');
    expect(imds.asked).toHaveLength(2);
  });
});

test('the environment comes before everything else', async () => {
  const keys = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey };
  const { files } = await fetchedWith({ ...keys, AWS_ROLE_ARN: 'arn:x', AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent' });
  expect(files).toEqual(all);
});

test('a session token of the environment that has expired can not be renewed, and is told', async () => {
  const storage = await sessionStorage(() => false);
  const environment = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'old' };
  await expect(fetchedWith({ ...environment, AWS_ENDPOINT_URL: storage.url })).rejects.toThrow(
    'S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true. (those of the environment have expired)',
  );
});
