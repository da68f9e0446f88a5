import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openOci } from '../../../../../controllers/storage-initializer/sources/oci/oci-source';
import { startHttpFront, type Intercept } from '../../../../storage-servers/http-front';
import { blob, layer, ociTypes, type ImageBlob, type LayerEntry } from '../../../../storage-servers/oci-image';
import { startOciRegistry, type OciRegistry } from '../../../../storage-servers/oci-registry';
import { buildTimeout } from '../../../../tools/go-programs';
import { fetched, type Fetched, type FetchOptions } from '../../fetched-tree';

let registry: OciRegistry;
beforeAll(async () => {
  registry = await startOciRegistry();
}, buildTimeout);
afterAll(() => registry?.close());

let images = 0;

/** Pushes an image with some layers, the lowest first. @returns its repository and tag */
async function image(...layers: readonly ImageBlob[]): Promise<string> {
  images += 1;
  await registry.pushImage(`image-${images}`, 'v1', layers);
  return `image-${images}:v1`;
}

/** The files of an image whose layers have some entries. */
async function filesOf(...layers: readonly (readonly LayerEntry[])[]): Promise<Fetched['files']> {
  const reference = await image(...layers.map((entries) => layer(entries)));
  return (await fetched(openOci, `oci://${registry.host}/${reference}`)).files;
}

describe('layers one over the other', () => {
  test('a file of a later layer takes the place of an earlier one', async () => {
    const files = await filesOf(
      [
        { name: 'models/a', content: 'old' },
        { name: 'models/b', content: 'kept' },
      ],
      [{ name: 'models/a', content: 'new' }],
    );
    expect(files).toEqual({ a: 'new', b: 'kept' });
  });

  test('a whiteout of a later layer removes a file, a directory, a link', async () => {
    const files = await filesOf(
      [
        { name: 'models/file', content: 'x' },
        { name: 'models/directory/file', content: 'x' },
        { name: 'models/link', link: 'kept' },
        { name: 'models/kept', content: 'kept' },
      ],
      [{ name: 'models/.wh.file' }, { name: 'models/.wh.directory' }, { name: 'models/.wh.link' }],
    );
    expect(files).toEqual({ kept: 'kept' });
  });

  test('an opaque directory has only what its own layer and later ones put there', async () => {
    const files = await filesOf(
      [
        { name: 'models/a/old', content: 'x' },
        { name: 'models/b', content: 'b' },
      ],
      [{ name: 'models/a/new', content: 'new' }, { name: 'models/a/.wh..wh..opq' }],
      [{ name: 'models/a/newer', content: 'newer' }],
    );
    expect(files).toEqual({ 'a/new': 'new', 'a/newer': 'newer', b: 'b' });
  });

  test('a whiteout of models/ itself empties the model', async () => {
    const files = await filesOf(
      [{ name: 'models/old', content: 'x' }],
      [{ name: '.wh.models' }, { name: 'models/new', content: 'new' }],
    );
    expect(files).toEqual({ new: 'new' });
  });

  test('directory, file and link take the place of one another', async () => {
    const files = await filesOf(
      [
        { name: 'models/a/x', content: 'x' },
        { name: 'models/b', content: 'b' },
        { name: 'models/c', link: 'b' },
        { name: 'models/d', content: 'd' },
      ],
      [
        { name: 'models/a', content: 'a file' },
        { name: 'models/b/y', content: 'y' },
        { name: 'models/c/z', content: 'z' },
        { name: 'models/d', link: 'a' },
      ],
    );
    expect(files).toEqual({ a: 'a file', 'b/y': 'y', 'c/z': 'z', d: '-> a' });
  });

  test('links to places in the model are kept, absolute ones made relative, hard links are files', async () => {
    const files = await filesOf([
      { name: 'models/v1/model.bin', content: 'weights' },
      { name: 'models/v1/same.bin', hardLink: 'models/v1/model.bin' },
      { name: 'models/latest', link: '/models/v1' },
      { name: 'models/v1/up', link: '../../models/v1/model.bin' },
    ]);
    expect(files).toEqual({
      'v1/model.bin': 'weights',
      'v1/same.bin': 'weights',
      latest: '-> v1',
      'v1/up': '-> model.bin',
    });
  });
});

describe('layers that want out (SD-03)', () => {
  test.each<[string, readonly LayerEntry[], string]>([
    ['a name with ..', [{ name: 'models/../../x' }], 'it leaves the destination'],
    ['a whiteout of the directory above', [{ name: 'models/a/.wh...' }], 'it leaves the destination'],
    ['a link to another place of the image', [{ name: 'models/x', link: '/etc/passwd' }], 'is outside'],
    ['a link up and out', [{ name: 'models/x', link: '../../etc' }], 'is outside'],
    ['a hard link to another place', [{ name: 'models/x', hardLink: 'etc/passwd' }], 'which is not unpacked'],
  ])('%s is refused', async (_, entries, why) => {
    await expect(filesOf([{ name: 'models/ok', content: 'ok' }], entries)).rejects.toThrow(why);
  });

  test('links of two layers that leave together are refused', async () => {
    const layers = [
      [
        { name: 'models/a/b/', content: '' },
        { name: 'models/a/b/x', link: '..' },
      ],
      [{ name: 'models/y', link: 'a/b/x/../../../etc' }],
    ];
    await expect(filesOf(...layers)).rejects.toMatchObject({ failure: 'unsafe' });
  });

  test('nothing is written through a link of a layer below', async () => {
    const files = await filesOf([{ name: 'models/a', link: 'b' }], [{ name: 'models/a/x', content: 'x' }]);
    expect(files).toEqual({ 'a/x': 'x' });
  });
});

describe('bad days', () => {
  const weights = randomBytes(3 * 1024 * 1024).toString('base64');
  const large = layer([{ name: 'models/weights', content: weights }], ociTypes.tar);

  /** Fetches the large layer through a front. */
  async function fetchedThrough(
    intercept: Intercept,
    layers: readonly ImageBlob[] = [large],
    options?: FetchOptions,
  ): Promise<Fetched & { readonly requests: readonly string[] }> {
    const reference = await image(...layers);
    const front = await startHttpFront(registry.url, intercept);
    try {
      const result = await fetched(openOci, `oci://${front.host}/${reference}`, options);
      return { ...result, requests: front.requests };
    } finally {
      await front.close();
    }
  }

  const isBlob = (url: string | undefined) => url?.includes('/blobs/') === true;

  test.each([
    ['from where it ended, when the registry knows ranges', true],
    ['from the beginning and passed over, when it does not', false],
  ])('a layer that breaks off four times is fetched on %s (SD-07)', async (_, ranges) => {
    let breaks = 0;
    const starts: string[] = [];
    const { files, log } = await fetchedThrough(async (incoming, response, pass) => {
      if (!isBlob(incoming.url)) return false;
      if (!ranges) delete incoming.headers.range;
      starts.push(incoming.headers.range ?? 'whole');
      const answer = await pass();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      breaks += 1;
      let left = breaks > 4 ? Infinity : 700_000 * (ranges ? 1 : breaks);
      for await (const chunk of answer) {
        const bytes = chunk as Buffer;
        response.write(bytes.subarray(0, left));
        left -= bytes.length;
        if (left > 0) continue;
        // What was written has to leave before the connection breaks.
        await new Promise((resolve) => setTimeout(resolve, 50));
        response.destroy();
        return true;
      }
      response.end();
      return true;
    });
    expect(files['weights'] === weights).toBe(true);
    expect(starts).toHaveLength(5);
    expect(starts.slice(1).every((range) => (ranges ? /^bytes=[1-9]\d+-$/.test(range) : range === 'whole'))).toBe(true);
    expect(log.filter((line) => line.includes('trying again'))).toHaveLength(4);
  });

  test('503s and a registry that is busy are waited for (SD-07)', async () => {
    let count = 0;
    const { files } = await fetchedThrough((_incoming, response) => {
      count += 1;
      // Every second one: manifest and layer have both of them.
      if (count % 2 === 0) return false;
      response.writeHead(count === 1 ? 503 : 429, { 'retry-after': '0' }).end();
      return true;
    });
    expect(files['weights'] === weights).toBe(true);
  });

  test('a layer with other bytes than its digest says is not published (SD-07)', async () => {
    const spoiled = fetchedThrough(async (incoming, response, pass) => {
      if (!isBlob(incoming.url)) return false;
      const answer = await pass();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      let first = true;
      for await (const chunk of answer) {
        const bytes = Buffer.from(chunk as Buffer);
        if (first) bytes[600] = (bytes[600] ?? 0) ^ 1;
        first = false;
        response.write(bytes);
      }
      response.end();
      return true;
    });
    await expect(spoiled).rejects.toThrow(
      `layer ${large.digest} is not what the manifest promises: the digest of what`,
    );
  });

  test('a layer that goes on behind its promised end is refused', async () => {
    const longer = fetchedThrough((incoming, response) => {
      if (!isBlob(incoming.url)) return false;
      response.writeHead(200).end(Buffer.concat([large.bytes, Buffer.alloc(1024)]));
      return true;
    });
    await expect(longer).rejects.toThrow(`it is larger than the promised ${large.bytes.length} bytes`);
  });

  test('a manifest that is not the one of its digest is refused', async () => {
    const digest = await registry.pushImage('pinned', 'v1', [large]);
    const front = await startHttpFront(registry.url, (incoming, response) => {
      if (incoming.url?.includes('/manifests/') !== true) return false;
      response.writeHead(200, { 'content-type': ociTypes.manifest }).end('{"layers":[]}');
      return true;
    });
    try {
      await expect(fetched(openOci, `oci://${front.host}/pinned@${digest}`)).rejects.toThrow(
        `the manifest ${digest} came with the digest`,
      );
    } finally {
      await front.close();
    }
  });

  test('a layer deleted between manifest and fetch is not found', async () => {
    const deleted = fetchedThrough((incoming, response) => {
      if (!isBlob(incoming.url)) return false;
      response.writeHead(404).end('{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}');
      return true;
    });
    await expect(deleted).rejects.toThrow(/ not found\. \(.*answered 404: BLOB_UNKNOWN: blob unknown to registry\)$/);
  });

  test('a broken archive is said to be one', async () => {
    const broken = fetchedThrough(() => false, [blob(ociTypes.gzip, Buffer.from('this is not a layer'))]);
    await expect(broken).rejects.toThrow('Failed to unpack archive file. The file format is not valid.');
  });

  test('a token that expires half-way is asked for again', async () => {
    const [tokens, seen]: [string[], string[]] = [[], []];
    const intercept: Intercept = (incoming, response) => {
      const { url = '', headers } = incoming;
      if (url.startsWith('/token')) {
        tokens.push(`token-${tokens.length + 1}`);
        response.writeHead(200).end(JSON.stringify({ token: tokens.at(-1) }));
        return true;
      }
      if (!url.includes('/manifests/') && !isBlob(url)) return false;
      seen.push(`${isBlob(url) ? 'blob' : 'manifest'} ${headers.authorization ?? 'nobody'}`);
      // The first token is good for the manifest only.
      const good = isBlob(url) ? 'Bearer token-2' : 'Bearer token-1';
      if (headers.authorization === good) {
        delete headers.authorization;
        return false;
      }
      const realm = `http://${headers.host ?? ''}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
      return true;
    };
    const { files, log } = await fetchedThrough(intercept);
    expect(files['weights'] === weights).toBe(true);
    expect(seen).toEqual(['manifest nobody', 'manifest Bearer token-1', 'blob Bearer token-1', 'blob Bearer token-2']);
    expect(log.join('\n')).not.toMatch(/token-\d/);
  });

  test('a layer that is kept elsewhere is fetched from there, without credentials (SD-12)', async () => {
    const fields: string[] = [];
    const elsewhere = createServer((incoming, response) => {
      fields.push(incoming.headers.authorization ?? 'nobody');
      response.end(large.bytes);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/data?sig=s3cret`;
    try {
      const { files, log } = await fetchedThrough((incoming, response) => {
        if (isBlob(incoming.url)) response.writeHead(307, { location }).end();
        else if (incoming.headers.authorization === undefined && incoming.url?.includes('/manifests/') === true) {
          const realm = `http://${incoming.headers.host ?? ''}/token`;
          response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
        } else if (incoming.url?.startsWith('/token') === true) response.writeHead(200).end('{"token":"t0ken"}');
        else return false;
        return true;
      });
      expect(files['weights'] === weights).toBe(true);
      expect(fields).toEqual(['nobody']);
      expect(log.join('\n')).not.toMatch(/s3cret|t0ken/);
    } finally {
      elsewhere.closeAllConnections();
      elsewhere.close();
    }
  });

  test.each([
    ['a metadata address', 'http://169.254.169.254/token', 'it is a link-local address'],
    ['no URL', 'ftp://auth.example/token', 'no URL'],
  ])('a token server at %s is refused', async (_, realm, why) => {
    const refused = fetchedThrough((_incoming, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
      return true;
    });
    await expect(refused).rejects.toThrow(why);
  });

  test('a fetch that is stopped leaves nothing (SD-16)', async () => {
    const stop = new AbortController();
    const stopped = fetchedThrough(
      (incoming, response) => {
        if (!isBlob(incoming.url)) return false;
        response.writeHead(200).write(large.bytes.subarray(0, 100_000), () => stop.abort(new Error('stopped')));
        return true;
      },
      [large],
      { signal: stop.signal },
    );
    await expect(stopped).rejects.toThrow('stopped');
  });
});
