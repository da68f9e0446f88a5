import { startModelRegistry, type ModelRegistry } from '../doubles/model-registry/server';
import { startTlsFront, type TlsFront } from '../doubles/tls-front/tls-front';
import { storageVariable } from '../../definitions/storage/storage-variables';
import { refusal } from '../controllers/storage-initializer/model-registry/resolution';
import { documentBlock } from './texts';

/** What the documents say of the storage initializer. */
let registry: ModelRegistry;
let front: TlsFront;

beforeAll(async () => {
  registry = await startModelRegistry();
  front = await startTlsFront('localhost', registry.url);
});

afterAll(async () => {
  await front?.close();
  await registry?.close();
});

/** The names in the first column of the table. */
const names = [
  ...documentBlock({
    document: '3-registry-on-kubernetes',
    heading: 'CSI Driver',
    index: 0,
  }).content.matchAll(/^\| `([^`]+)`/gm),
].map(([, name = '']) => name);

describe('the storage initializer as the documents show it', () => {
  it('the variables of the overview say which registry is asked, and how', async () => {
    expect(names).toEqual(['MODEL_REGISTRY_BASE_URL', 'MODEL_REGISTRY_SCHEME']);
    expect(names.filter((name) => storageVariable(name)?.of !== 'model-registry://')).toEqual([]);
    const [baseUrl = '', scheme = ''] = names;
    const message = async (url: string) => {
      const { host, protocol } = new URL(url);
      const { message: text } = await refusal('model-registry://iris', {
        [baseUrl]: host,
        [scheme]: protocol.slice(0, -1),
      });
      return text;
    };
    expect(await message(registry.url)).toBe(`registered model 'iris' not found at ${registry.url}`);
    // Over TLS: the certificate is nobody's whom the pod trusts.
    expect(await message(front.url)).toMatch(/^finding registered model iris at https:\/\/127.*certificate/);
  });
});
