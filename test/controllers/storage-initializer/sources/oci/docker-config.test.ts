import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dockerCredentials,
  type RegistryCredentials,
} from '../../../../../controllers/storage-initializer/sources/oci/docker-config';

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'slipway-docker-config-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const auth = Buffer.from('puller:s3cret').toString('base64');
const password: RegistryCredentials = { kind: 'password', username: 'puller', password: 's3cret' };
const anonymous: RegistryCredentials = { kind: 'anonymous' };

/** What a config has for a registry, and what was said. */
function read(registry: string, config: unknown): { credentials: RegistryCredentials; warnings: readonly string[] } {
  const path = join(directory, 'config.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  const warnings: string[] = [];
  const log = { warn: (line: string) => void warnings.push(line) };
  return { credentials: dockerCredentials(registry, { KSERVE_OCI_DOCKER_CONFIG: path }, log), warnings };
}

test.each([
  ['quay.io', 'quay.io'],
  ['quay.io', 'https://quay.io'],
  ['quay.io', 'https://quay.io/v2/'],
  ['registry:5000', 'registry:5000'],
  ['registry:5000', 'https://registry:5000'],
  ['registry:5000', 'registry'],
  ['registry:5000', 'https://registry'],
  ['docker.io', 'https://index.docker.io/v1/'],
  ['docker.io', 'docker.io'],
])('the entry of %s may be called %s', (registry, key) => {
  expect(read(registry, { auths: { [key]: { auth } } })).toEqual({ credentials: password, warnings: [] });
});

test('the entry with the port comes before the one without', () => {
  const other = { username: 'other', password: 'other' };
  expect(read('registry:5000', { auths: { registry: other, 'registry:5000': { auth } } }).credentials).toEqual(
    password,
  );
});

test.each([
  ['username and password', { username: 'puller', password: 's3cret' }, password],
  ['an identity token', { auth, identitytoken: 'refresh' }, { kind: 'identity', token: 'refresh' }],
  ['a registry token', { registrytoken: 'token' }, { kind: 'bearer', token: 'token' }],
  [
    'a password with colons',
    { auth: Buffer.from('u:a:b').toString('base64') },
    { ...password, username: 'u', password: 'a:b' },
  ],
])('an entry with %s is understood', (_, entry, credentials) => {
  expect(read('quay.io', { auths: { 'quay.io': entry } })).toEqual({ credentials, warnings: [] });
});

test('an entry of another registry is nobody here, and no news', () => {
  expect(read('quay.io', { auths: { 'ghcr.io': { auth }, 'evil.quay.io': { auth } } })).toEqual({
    credentials: anonymous,
    warnings: [],
  });
});

test.each([
  ['no JSON', '{"auths": {"quay.io": {"auth": "s3cret'],
  ['no object', '["s3cret"]'],
  ['an auth of the wrong type', { auths: { 'quay.io': { auth: ['s3cret'] } } }],
  ['an auth without colon', { auths: { 'quay.io': { auth: Buffer.from('s3cret').toString('base64') } } }],
])('a malformed docker config (%s) is anonymous, with a warning that has no secret in it (SD-12)', (_, config) => {
  const { credentials, warnings } = read('quay.io', config);
  expect(credentials).toEqual(anonymous);
  expect(warnings).toEqual([expect.stringMatching(/^docker config .*, asking quay.io without credentials$/)]);
  expect(warnings.join()).not.toMatch(/s3cret|czNjcmV0/);
});

test.each([
  ['for the registry', { credHelpers: { 'quay.io': 'ecr-login' } }, 'ecr-login'],
  ['for every registry', { auths: { 'quay.io': {} }, credsStore: 'desktop' }, 'desktop'],
])('a credential helper %s is anonymous with a warning', (_, config, helper) => {
  const { credentials, warnings } = read('quay.io', config);
  expect(credentials).toEqual(anonymous);
  expect(warnings).toEqual([expect.stringContaining(`the credential helper "${helper}" can't be run here`)]);
});

test('a config that is named and missing is anonymous with a warning, the default one may be missing', () => {
  const warnings: string[] = [];
  const log = { warn: (line: string) => void warnings.push(line) };
  const missing = join(directory, 'missing.json');
  expect(dockerCredentials('quay.io', { KSERVE_OCI_DOCKER_CONFIG: missing }, log)).toEqual(anonymous);
  expect(warnings).toEqual([expect.stringContaining(missing)]);
  expect(dockerCredentials('quay.io', {}, log)).toEqual(anonymous);
  expect(warnings).toHaveLength(1);
});
