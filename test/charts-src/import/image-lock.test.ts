import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lockedImages, parseImageLock } from '../../../charts-src/images';
import { digestOf } from '../../../charts-src/import/image-digests';
import { updateImageLock } from '../../../charts-src/import/image-lock';

const digest = `sha256:${'a'.repeat(64)}`;

/**
 * Stands in for public registries, which a test must not depend on: one image `team/app` with the tag `1.0`, and a token service
 * before it as the large ones have. It knows nothing else of the protocol.
 */
async function startRegistry(): Promise<{ readonly host: string; readonly asked: string[]; readonly server: Server }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { host } = request.headers;
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'anonymous'}`);
    if (request.url?.startsWith('/token') === true) {
      response.end(JSON.stringify({ token: 'anonymous-pull' }));
    } else if (request.headers.authorization !== 'Bearer anonymous-pull') {
      const challenge = `Bearer realm="http://${host}/token",service="registry",scope="repository:team/app:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (request.url === '/v2/team/app/manifests/1.0') {
      response.writeHead(200, { 'docker-content-digest': digest }).end();
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

describe('a digest', () => {
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(async () => {
    registry.server.closeAllConnections();
    await new Promise((done) => registry.server.close(done));
  });

  it('is that of the tag, asked for with an anonymous token of the service that the registry names', async () => {
    const image = { repository: `${registry.host}/team/app`, tag: '1.0' };
    expect(await digestOf(image, { scheme: 'http' })).toBe(digest);
    expect(registry.asked).toEqual([
      'HEAD /v2/team/app/manifests/1.0 anonymous',
      'GET /token?service=registry&scope=repository%3Ateam%2Fapp%3Apull anonymous',
      'HEAD /v2/team/app/manifests/1.0 Bearer anonymous-pull',
    ]);
  });

  it('of an unknown tag is an error that names image, request and answer', async () => {
    const image = { repository: `${registry.host}/team/app`, tag: '2.0' };
    await expect(digestOf(image, { scheme: 'http' })).rejects.toThrow(
      `asking for the digest of ${registry.host}/team/app:2.0 at http://${registry.host}/v2/team/app/manifests/2.0: the registry answered 404`,
    );
  });
});

describe('the lock file', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-images-'));
    file = join(directory, 'images.lock.json');
    await copyFile(resolve(__dirname, '../../../charts-src/images.lock.json'), file);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('gets the digests that registries give, and keeps those whose registry does not answer', async () => {
    const { repinned, notAsked } = await updateImageLock(file, async ({ repository }) => {
      if (repository.endsWith('/mysql')) throw new Error('no answer');
      return digest;
    });
    const written = parseImageLock(JSON.parse(await readFile(file, 'utf8')));
    expect(notAsked).toEqual([{ name: 'mysql', cause: 'no answer' }]);
    expect(repinned.map(({ name }) => name)).toEqual(Object.keys(lockedImages).filter((name) => name !== 'mysql'));
    expect(written.mysql).toEqual(lockedImages.mysql);
    expect(written.slipway).toEqual({ ...lockedImages.slipway, digest });
  });

  it('with an image that nobody knows is refused, naming it', () => {
    expect(() => parseImageLock({ ...lockedImages, surprise: lockedImages.slipway })).toThrow(
      'images.lock.json: unknown key surprise',
    );
  });
});
