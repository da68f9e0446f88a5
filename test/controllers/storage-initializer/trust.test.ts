import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { realClock } from '../../../controllers/runtime/clock';
import { selfSignedCertificate } from '../../../controllers/runtime/self-signed-certificate';
import type { Environment } from '../../../controllers/component';
import { initializerLog } from '../../../controllers/storage-initializer/log';
import { trustedAuthorities } from '../../../controllers/storage-initializer/trust';
import { bundledProgram } from '../../program/bundled-program';
import { runToEnd } from '../registry-sync/controller-process';
import { inTemporaryDirectory } from '../../cluster/temporary-directory';
import { serveFile, startFileServer } from '../../storage-servers/file-server';
import { treeOf } from './fetched-tree';

const pem = () => selfSignedCertificate('models.example', Date.now()).cert;

/** What is trusted, and what was said about it. */
function trusted(environment: Environment): {
  readonly authorities: readonly string[] | undefined;
  readonly log: string;
} {
  let log = '';
  const authorities = trustedAuthorities(
    environment,
    initializerLog((line) => (log += line), realClock),
  );
  return { authorities, log };
}

describe('the authorities that servers are trusted by', () => {
  it('are those of Node when no variable is set', () => {
    expect(trusted({})).toEqual({ authorities: undefined, log: '' });
    expect(trusted({ REQUESTS_CA_BUNDLE: '', CA_BUNDLE_VOLUME_MOUNT_POINT: '/somewhere' })).toEqual({
      authorities: undefined,
      log: '',
    });
  });

  it.each(['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'])('are those of the file of %s too', async (variable) => {
    await inTemporaryDirectory(async (directory) => {
      const [file, one, two] = [join(directory, 'ca.pem'), pem(), pem()];
      await writeFile(file, `# two of them\n${one}\n${two}`);
      const { authorities = [], log } = trusted({ [variable]: file });
      expect(authorities).toEqual(expect.arrayContaining([one.trim(), two.trim(), ...getCACertificates('bundled')]));
      expect(log).toBe('');
    });
  });

  it('are those of the mounted ConfigMap too', async () => {
    await inTemporaryDirectory(async (directory) => {
      const one = pem();
      await writeFile(join(directory, 'cabundle.crt'), one);
      const environment = { CA_BUNDLE_CONFIGMAP_NAME: 'global-ca-bundle', CA_BUNDLE_VOLUME_MOUNT_POINT: directory };
      expect(trusted(environment).authorities).toContain(one.trim());
    });
  });

  it('of all variables come together: one that is set does not hide the ConfigMap', async () => {
    await inTemporaryDirectory(async (directory) => {
      const [one, two] = [pem(), pem()];
      await writeFile(join(directory, 'own.pem'), one);
      await writeFile(join(directory, 'cabundle.crt'), two);
      const { authorities } = trusted({
        REQUESTS_CA_BUNDLE: join(directory, 'own.pem'),
        CA_BUNDLE_CONFIGMAP_NAME: 'global-ca-bundle',
        CA_BUNDLE_VOLUME_MOUNT_POINT: directory,
      });
      expect(authorities).toEqual(expect.arrayContaining([one.trim(), two.trim()]));
    });
  });

  it('of a ConfigMap without a mount point are looked for where KServe mounts it', () => {
    const { authorities, log } = trusted({ CA_BUNDLE_CONFIGMAP_NAME: 'global-ca-bundle' });
    expect(authorities).toBeUndefined();
    expect(log).toMatch(/WARNING CA_BUNDLE_CONFIGMAP_NAME: \/etc\/ssl\/custom-certs\/cabundle\.crt can't be read/);
  });

  it.each([
    ['is missing', undefined, /WARNING SSL_CERT_FILE: .*missing\.pem can't be read.*ENOENT/],
    ['is a directory', 'directory', /WARNING SSL_CERT_FILE: .* can't be read.*EISDIR/],
    ['has no certificate', 'hello', /WARNING SSL_CERT_FILE: .* has no certificate that can be read/],
    [
      'has a broken one only',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /WARNING SSL_CERT_FILE: .* has no certificate that can be read/,
    ],
  ])('are those of Node, with a warning, when the file %s', async (_what, content, warning) => {
    await inTemporaryDirectory(async (directory) => {
      const file = join(directory, content === undefined ? 'missing.pem' : 'ca.pem');
      if (content === 'directory') await mkdir(file);
      else if (content !== undefined) await writeFile(file, content);
      const { authorities, log } = trusted({ SSL_CERT_FILE: file });
      expect(authorities).toBeUndefined();
      expect(log).toMatch(warning);
    });
  });

  it('are the good ones of a file with a broken one, with a warning', async () => {
    await inTemporaryDirectory(async (directory) => {
      const [file, good] = [join(directory, 'ca.pem'), pem()];
      await writeFile(file, `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${good}`);
      const { authorities, log } = trusted({ SSL_CERT_FILE: file });
      expect(authorities).toContain(good.trim());
      expect(log).toMatch(/WARNING SSL_CERT_FILE: 1 of 2 certificates in .* can't be read/);
    });
  });
});

describe('the program', () => {
  let program: string;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    ({ program, remove } = await bundledProgram());
  });

  afterAll(async () => {
    await remove();
  });

  it('fetches over HTTPS from a server whose authority a ConfigMap has, and from no other', async () => {
    const server = await startFileServer((request, response) => serveFile(request, response, { content: 'model' }), {
      tls: true,
    });
    try {
      await inTemporaryDirectory(async (directory) => {
        await writeFile(join(directory, 'cabundle.crt'), server.ca);
        const destination = join(directory, 'models');
        const args = ['storage-initializer', `${server.url}/a/model.bin?sig=s3cret`, destination];
        const untrusted = await runToEnd(program, args);
        expect(untrusted.code).toBe('1');
        expect(untrusted.output.trimEnd().split('\n').at(-1)).toMatch(
          /^Storage initialization failed: Failed to connect to HTTP endpoint 'https:\/\/localhost:\d+\/a\/model\.bin'\. \(.*CA_BUNDLE_CONFIGMAP_NAME\?/,
        );
        expect(untrusted.output).not.toContain('s3cret');
        const done = await runToEnd(program, args, {
          CA_BUNDLE_CONFIGMAP_NAME: 'global-ca-bundle',
          CA_BUNDLE_VOLUME_MOUNT_POINT: directory,
        });
        expect(done).toMatchObject({ code: '0' });
        expect(done.output).not.toContain('s3cret');
        expect(await treeOf(destination)).toEqual({ 'model.bin': 'model' });
      });
    } finally {
      await server.close();
    }
  });

  it('does not show the password of a proxy that it can not use (SD-12)', async () => {
    await inTemporaryDirectory(async (directory) => {
      const args = ['storage-initializer', 'http://models.example/model.bin', join(directory, 'models')];
      const { code, output } = await runToEnd(program, args, { HTTP_PROXY: 'socks5://me:s3cret@proxy.example' });
      expect(code).not.toBe('0');
      expect(output).toContain('HTTP_PROXY: expected the URL of an HTTP proxy');
      expect(output).not.toContain('s3cret');
    });
  });
});
