import { createHash } from 'node:crypto';
import { startLoopbackServer, type LoopbackServer } from '../../../doubles/model-registry/loopback-server';
import { openHttpSource } from '../../../../controllers/storage-initializer/sources/http/http-source';
import type { OpenSource, Source } from '../../../../controllers/storage-initializer/source';
import type { ResolvedModel } from '../../../../controllers/storage-initializer/model-registry/resolve-model';
import { verifiedSource } from '../../../../controllers/storage-initializer/model-registry/verified-source';
import { fetched } from '../fetched-tree';

const content = 'weights';
let server: LoopbackServer;

beforeAll(async () => {
  server = await startLoopbackServer(() => ({ status: 200, headers: { 'content-type': 'x/y' }, body: content }));
});

afterAll(() => server?.close());

const artifact = (sha256?: string): ResolvedModel => ({
  registry: 'http://registry',
  model: { id: '1', name: 'iris' },
  version: { id: '2', name: 'v1' },
  artifact: { id: '3', name: 'files' },
  uri: `${server.url}/model.bin`,
  ...(sha256 === undefined ? {} : { sha256 }),
});
/** Opens a source as it is opened for an artifact. */
const verified =
  (open: OpenSource, sha256?: string): OpenSource =>
  async (uri, context): Promise<Source> =>
    verifiedSource(await open(uri, context), artifact(sha256), context.log);
const digest = createHash('sha256').update(content).digest('hex');

describe('the digest that the registry has for an artifact', () => {
  it('lets the right file through (SI-12, SI-17)', async () => {
    const { files } = await fetched(verified(openHttpSource, digest), `${server.url}/model.bin`);
    expect(files).toEqual({ 'model.bin': content });
  });

  it('refuses another file, and publishes nothing (SI-17)', async () => {
    const wrong = 'ab'.repeat(32);
    await expect(fetched(verified(openHttpSource, wrong), `${server.url}/model.bin`)).rejects.toThrow(
      `sha256 of what arrived is ${digest}, promised was ${wrong}`,
    );
  }, 60_000);

  it('is verified only where there is one (SI-17)', async () => {
    const { files, log } = await fetched(verified(openHttpSource), `${server.url}/model.bin`);
    expect(files).toEqual({ 'model.bin': content });
    expect(log.join('\n')).not.toContain('sha256');
  });

  it('of a directory is not verified, and the log says so once (SI-17)', async () => {
    const directory: OpenSource = async (uri, context) => {
      const source = await openHttpSource(uri, context);
      if ('fetchInto' in source) throw new Error('the HTTP source is a tree');
      const listed = (path: string) => ({ path, name: path });
      return {
        ...source,
        async *files() {
          yield listed('a');
          yield listed('b');
        },
      };
    };
    const { files, log } = await fetched(verified(directory, 'ab'.repeat(32)), `${server.url}/model.bin`);
    expect(files).toEqual({ a: content, b: content });
    const lines = log.filter((line) => line.includes('sha256'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      `WARNING sha256 of artifact 'files' (3) is not verified: ${server.url}/model.bin is no single file`,
    );
  });
});
