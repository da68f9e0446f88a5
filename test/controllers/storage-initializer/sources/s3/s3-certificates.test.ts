import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../../../../controllers/component';
import { selfSignedCertificate } from '../../../../../controllers/runtime/self-signed-certificate';
import { startVersitygw, type Versitygw } from '../../../../storage-servers/versitygw';
import { buildTimeout, goProgram } from '../../../../tools/go-programs';
import { fetchedFrom } from './s3-fetch';

let server: Versitygw;
let directory: string;
/** Bundles: the server's own authority, and one that has nothing to do with it. */
let right: string;
let wrong: string;
let configMap: Environment;

beforeAll(async () => {
  await goProgram('versitygw');
  const tls = selfSignedCertificate('localhost', Date.now());
  server = await startVersitygw({ tls });
  await server.makeBucket('models');
  await server.put('models', 'm/x', 'x');
  directory = await mkdtemp(join(tmpdir(), 'slipway-certificates-'));
  right = join(directory, 'right.pem');
  wrong = join(directory, 'wrong.pem');
  await writeFile(right, tls.cert);
  await writeFile(wrong, selfSignedCertificate('elsewhere', Date.now()).cert);
  await mkdir(join(directory, 'mount'));
  await writeFile(join(directory, 'mount', 'cabundle.crt'), tls.cert);
  configMap = { CA_BUNDLE_CONFIGMAP_NAME: 'bundle', CA_BUNDLE_VOLUME_MOUNT_POINT: join(directory, 'mount') };
}, buildTimeout);
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

function fetchedOverTls(environment: Environment) {
  const endpoint = `https://localhost:${new URL(server.endpoint).port}`;
  return fetchedFrom(server, 's3://models/m', { AWS_ENDPOINT_URL: endpoint, S3_MAX_ATTEMPTS: '1', ...environment });
}

test('S3 CA: without a bundle the server is not trusted, and the message says why', async () => {
  await expect(fetchedOverTls({})).rejects.toThrow(
    /^Failed to connect to S3 endpoint 'https:\/\/localhost:\d+'\. \(.*self-signed certificate/,
  );
});

test('S3 CA: only AWS_CA_BUNDLE', async () => {
  expect((await fetchedOverTls({ AWS_CA_BUNDLE: right })).files).toEqual({ x: 'x' });
});

test('S3 CA: only the config map', async () => {
  expect((await fetchedOverTls(configMap)).files).toEqual({ x: 'x' });
});

test('S3 CA: an empty AWS_CA_BUNDLE leaves it to the config map', async () => {
  expect((await fetchedOverTls({ ...configMap, AWS_CA_BUNDLE: '' })).files).toEqual({ x: 'x' });
});

test('S3 CA: of both AWS_CA_BUNDLE wins', async () => {
  await expect(fetchedOverTls({ ...configMap, AWS_CA_BUNDLE: wrong })).rejects.toThrow('Failed to connect to S3');
});

test('S3 CA: a missing file is an error, of each kind', async () => {
  await expect(fetchedOverTls({ AWS_CA_BUNDLE: '/nonexistent/ca.pem' })).rejects.toThrow(
    'Failed to find ca bundle file(/nonexistent/ca.pem).',
  );
  const mount = { CA_BUNDLE_CONFIGMAP_NAME: 'bundle', CA_BUNDLE_VOLUME_MOUNT_POINT: '/nonexistent' };
  await expect(fetchedOverTls(mount)).rejects.toThrow('Failed to find ca bundle file(/nonexistent/cabundle.crt).');
});

test('S3 CA: a file that is no bundle is told', async () => {
  const file = join(directory, 'no-bundle');
  await writeFile(file, 'nothing');
  await expect(fetchedOverTls({ AWS_CA_BUNDLE: file })).rejects.toThrow(`ca bundle file ${file} has no PEM`);
});

test('S3 CA: without verification nobody looks at the files', async () => {
  const environment = { S3_VERIFY_SSL: 'false', AWS_CA_BUNDLE: '/nonexistent/ca.pem' };
  expect((await fetchedOverTls(environment)).files).toEqual({ x: 'x' });
});
