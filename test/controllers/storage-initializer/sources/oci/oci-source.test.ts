import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../../../../controllers/component';
import { imageArchitecture } from '../../../../../controllers/storage-initializer/sources/oci/manifest';
import { openOci } from '../../../../../controllers/storage-initializer/sources/oci/oci-source';
import { startTlsFront } from '../../../../doubles/tls-front/tls-front';
import { blob, dockerTypes, index, layer, manifest, ociTypes } from '../../../../storage-servers/oci-image';
import { puller, startOciRegistry, type OciRegistry } from '../../../../storage-servers/oci-registry';
import { buildTimeout } from '../../../../tools/go-programs';
import { fetched } from '../../fetched-tree';

let open: OciRegistry | undefined;
let basic: OciRegistry | undefined;
let token: OciRegistry | undefined;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-oci-source-'));
  // One after the other: the first may have to build the program.
  open = await startOciRegistry();
  [basic, token] = await Promise.all([startOciRegistry('basic'), startOciRegistry('token')]);
}, buildTimeout);
afterAll(async () => {
  await Promise.all([open?.close(), basic?.close(), token?.close()]);
  rmSync(directory, { recursive: true, force: true });
});

const architecture = imageArchitecture(process.arch);
const iris = layer([
  { name: 'etc/passwd', content: 'root' },
  { name: 'models/' },
  { name: 'models/iris.bin', content: 'weights' },
  { name: 'models/a/config.json', content: '{}' },
]);
const irisFiles = { 'iris.bin': 'weights', 'a/config.json': '{}' };

function the(registry: OciRegistry | undefined): OciRegistry {
  if (registry === undefined) throw new Error('the registry has not started');
  return registry;
}

/** The variable that names a docker config with an entry for a registry. */
function dockerConfig(host: string, entry: object): Environment {
  const path = join(mkdtempSync(join(directory, 'config-')), 'config.json');
  writeFileSync(path, JSON.stringify({ auths: { [host]: entry } }));
  return { KSERVE_OCI_DOCKER_CONFIG: path };
}

async function pushed(registry: OciRegistry | undefined, repository: string): Promise<string> {
  await the(registry).pushImage(repository, 'v1', [iris]);
  return `oci://${the(registry).host}/${repository}:v1`;
}

describe('who asks', () => {
  test('an image is fetched by nobody where the registry lets everybody in: OCI anonymous', async () => {
    expect((await fetched(openOci, await pushed(open, 'anonymous'))).files).toEqual(irisFiles);
  });

  test('an image is fetched with the password of a docker config: OCI with docker config', async () => {
    const uri = await pushed(basic, 'private');
    const environment = dockerConfig(the(basic).host, puller);
    const { files, log } = await fetched(openOci, uri, { environment });
    expect(files).toEqual(irisFiles);
    expect(log.join('\n')).not.toContain(puller.password);
  });

  test('the entry may be filed under the registry without port', async () => {
    const uri = await pushed(basic, 'private');
    const auth = Buffer.from(`${puller.username}:${puller.password}`).toString('base64');
    expect((await fetched(openOci, uri, { environment: dockerConfig('https://127.0.0.1', { auth }) })).files).toEqual(
      irisFiles,
    );
  });

  test.each(['public/anonymous', 'private/anonymous'])('a token for %s is asked for by nobody', async (repository) => {
    const fetching = fetched(openOci, await pushed(token, repository));
    if (repository.startsWith('public/')) expect((await fetching).files).toEqual(irisFiles);
    else await expect(fetching).rejects.toThrow('OCI authentication failed.');
    expect(the(token).tokensAsked.at(-1)).toBe('nobody');
  });

  test.each([
    ['with a password', puller, 'puller'],
    ['with an identity token', { identitytoken: 'identity-token' }, 'identity'],
  ])('a token is got %s of a docker config', async (_, entry, who) => {
    const uri = await pushed(token, 'private/model');
    const { files, log } = await fetched(openOci, uri, { environment: dockerConfig(the(token).host, entry) });
    expect(files).toEqual(irisFiles);
    expect(the(token).tokensAsked.at(-1)).toBe(who);
    expect(log.join('\n')).not.toMatch(/s3cret|identity-token|Bearer/);
  });

  test.each([
    ['a registry with passwords', () => basic],
    ['a registry with tokens', () => token],
  ])(
    'a wrong password at %s is an authentication failure that does not say the password (SD-12)',
    async (_, registry) => {
      const uri = await pushed(registry(), 'private');
      const environment = dockerConfig(the(registry()).host, { username: 'puller', password: 'wr0ng' });
      const failure = await fetched(openOci, uri, { environment }).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        failure: 'credentials',
        message: expect.stringMatching(
          /^OCI authentication failed\. Verify the docker config of the pull secret\. \(/,
        ) as string,
      });
      expect(String(failure)).not.toContain('wr0ng');
    },
  );

  test('a malformed docker config is asked without: OCI malformed docker config', async () => {
    const path = join(directory, 'malformed.json');
    writeFileSync(path, '{"auths":');
    const { files, log } = await fetched(openOci, await pushed(open, 'anonymous'), {
      environment: { KSERVE_OCI_DOCKER_CONFIG: path },
    });
    expect(files).toEqual(irisFiles);
    expect(log.join('\n')).toContain(`docker config ${path}: it is not a docker config`);
  });
});

describe('which image', () => {
  test('a digest names exactly one image', async () => {
    const digest = await the(open).pushImage('by-digest', 'v1', [iris]);
    await the(open).pushImage('by-digest', 'v1', [layer([{ name: 'models/newer', content: '' }])]);
    const { files } = await fetched(openOci, `oci://${the(open).host}/by-digest@${digest}`);
    expect(files).toEqual(irisFiles);
  });

  test.each([
    ['OCI', ociTypes.index, ociTypes.manifest, ociTypes.gzip],
    ['docker', dockerTypes.index, dockerTypes.manifest, dockerTypes.gzip],
  ])(
    'an index of %s is resolved by architecture, unknown entries are skipped: OCI index',
    async (_, list, image, type) => {
      const config = blob(ociTypes.config, Buffer.from('{}'));
      const [mine, other] = ['mine', 'other'].map((content) => layer([{ name: 'models/name', content }], type));
      if (mine === undefined || other === undefined) throw new Error('no layers');
      const [attestation, otherImage, myImage] = [[], [other], [mine]].map((layers) => manifest(config, layers, image));
      if (attestation === undefined || otherImage === undefined || myImage === undefined) throw new Error('no images');
      const images = index(
        { 'unknown/unknown': attestation, 'linux/riscv64': otherImage, [`linux/${architecture}`]: myImage },
        list,
      );
      await the(open).push('indexed', 'v1', [config, mine, other], [attestation, otherImage, myImage, images]);
      expect((await fetched(openOci, `oci://${the(open).host}/indexed:v1`)).files).toEqual({ name: 'mine' });
    },
  );

  test('an index without the architecture says what it has', async () => {
    const config = blob(ociTypes.config, Buffer.from('{}'));
    const image = manifest(config, [iris]);
    await the(open).push('foreign', 'v1', [config, iris], [image, index({ 'linux/riscv64': image })]);
    const uri = `oci://${the(open).host}/foreign:v1`;
    await expect(fetched(openOci, uri)).rejects.toThrow(
      `OCI image index for ${uri} has no manifest for linux/${architecture} (it has linux/riscv64)`,
    );
  });

  test.each([
    ['repository', 'missing:v1'],
    ['tag', 'anonymous:missing'],
    ['digest', `anonymous@sha256:${'0'.repeat(64)}`],
  ])('a missing %s is not found', async (_, reference) => {
    await pushed(open, 'anonymous');
    const uri = `oci://${the(open).host}/${reference}`;
    await expect(fetched(openOci, uri)).rejects.toThrow(`OCI resource '${uri}' not found. (`);
  });

  test('a registry that is not there can not be connected to', async () => {
    await expect(fetched(openOci, 'oci://127.0.0.1:1/iris:v1')).rejects.toMatchObject({
      failure: 'connection',
      message: expect.stringMatching(/^Failed to connect to OCI endpoint '127.0.0.1:1'\. \(.*ECONNREFUSED/) as string,
    });
  });
});

describe('which layers', () => {
  test('a layer that is not compressed is unpacked: OCI uncompressed layer', async () => {
    const plain = layer([{ name: 'models/plain', content: 'plain' }], ociTypes.tar);
    await the(open).pushImage('plain', 'v1', [plain]);
    expect((await fetched(openOci, `oci://${the(open).host}/plain:v1`)).files).toEqual({ plain: 'plain' });
  });

  test('a layer with zstd is refused before anything is fetched: OCI zstd refused', async () => {
    await the(open).pushImage('zstd', 'v1', [blob(ociTypes.zstd, Buffer.from('x'))]);
    await expect(fetched(openOci, `oci://${the(open).host}/zstd:v1`)).rejects.toThrow(
      /is compressed with zstd \(.*\+zstd\), which is not supported/,
    );
  });

  test('a layer that is no file system is skipped: OCI non-tar layer', async () => {
    const signature = blob('application/vnd.example.signature', Buffer.from('signature'));
    await the(open).pushImage('signed', 'v1', [signature, iris]);
    expect((await fetched(openOci, `oci://${the(open).host}/signed:v1`)).files).toEqual(irisFiles);
  });

  test('an image without models/ is an error: OCI no models/', async () => {
    await the(open).pushImage('empty', 'v1', [layer([{ name: 'model/iris', content: '' }])]);
    const uri = `oci://${the(open).host}/empty:v1`;
    await expect(fetched(openOci, uri)).rejects.toThrow(`OCI image at ${uri} has no /models/ directory; `);
  });

  test('an image with nothing in models/ has no model', async () => {
    await the(open).pushImage('bare', 'v1', [layer([{ name: 'models/' }])]);
    const uri = `oci://${the(open).host}/bare:v1`;
    await expect(fetched(openOci, uri)).rejects.toThrow(`Failed to fetch model. No model found in ${uri}.`);
  });
});

describe('TLS', () => {
  test('a certificate of nobody is refused, and accepted only on opt-in: OCI insecure', async () => {
    await pushed(open, 'anonymous');
    const front = await startTlsFront('localhost', the(open).url);
    try {
      const uri = `oci://${new URL(front.url).host}/anonymous:v1`;
      await expect(fetched(openOci, uri)).rejects.toThrow(/^Failed to connect to OCI endpoint .*self-signed/);
      for (const value of ['1', 'true', 'yes']) {
        const environment = { KSERVE_OCI_INSECURE_REGISTRY: value };
        expect((await fetched(openOci, uri, { environment })).files).toEqual(irisFiles);
      }
      await expect(
        fetched(openOci, uri, { environment: { KSERVE_OCI_INSECURE_REGISTRY: 'false' } }),
      ).rejects.toMatchObject({ failure: 'connection' });
    } finally {
      await front.close();
    }
  });
});
