import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CompactEncrypt, CompactSign, FlattenedEncrypt, GeneralEncrypt, base64url } from 'jose';
import { realClock, type Clock } from '../../../../controllers/runtime/clock';
import { decryptStagedTree } from '../../../../controllers/storage-initializer/confidential/decrypt-staged-tree';
import { initializerLog } from '../../../../controllers/storage-initializer/log';
import type { Answer } from '../../../doubles/model-registry/answer';
import { textAnswer } from '../../../doubles/model-registry/answer';
import { startLoopbackServer } from '../../../doubles/model-registry/loopback-server';
import { treeOf } from '../fetched-tree';

const resourceId = 'kbs:///default/key/model-1';
const key = Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0', 'hex');
const encoded = key.toString('base64url');

/** Waits between tries end at once. */
const impatientClock: Clock = { ...realClock, setTimer: (_ms, callback) => realClock.setTimer(0, callback) };

/** Encrypts as others do: jose knows nothing of our reader. */
const encrypted = (content: string | Buffer, alg = 'A256KW', enc = 'A256GCM', by: Buffer = key) =>
  new CompactEncrypt(Buffer.from(content)).setProtectedHeader({ alg, enc }).encrypt(by);

interface Decrypted {
  readonly files: Readonly<Record<string, string>>;
  readonly count: number;
  readonly log: string;
  /** Paths that the hub was asked for. */
  readonly asked: readonly string[];
}

interface DecryptOptions {
  /** What the hub answers. @default the key in Base64url */
  readonly answer?: (attempt: number) => Answer | 'reset';
  readonly environment?: Readonly<Record<string, string>>;
  /** What is done with the tree before. */
  readonly prepare?: (directory: string) => Promise<void>;
  /** Looks at the tree, also when decryption has failed. */
  readonly afterwards?: (directory: string) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Decrypts a tree of files. A double of the Confidential Data Hub has the key: the real one needs confidential hardware. */
async function decrypted(files: Readonly<Record<string, string>>, options: DecryptOptions = {}): Promise<Decrypted> {
  const { answer = () => textAnswer(200, encoded), environment = {}, prepare, afterwards, signal } = options;
  const directory = await mkdtemp(join(tmpdir(), 'slipway-confidential-'));
  let attempts = 0;
  const hub = await startLoopbackServer(() => answer(++attempts));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), content);
    }
    await prepare?.(directory);
    const lines: string[] = [];
    const context = {
      environment: {
        CONFIDENTIAL_ENABLED: 'true',
        CONFIDENTIAL_RESOURCE_ID: resourceId,
        CDH_ADDR: hub.url,
        ...environment,
      },
      clock: impatientClock,
      random: { next: () => 0 },
      log: initializerLog((line) => lines.push(line), realClock, 'DEBUG'),
    };
    const count = await decryptStagedTree(directory, context, signal ?? new AbortController().signal);
    return { files: await treeOf(directory), count, log: lines.join(''), asked: hub.log.map(({ path }) => path) };
  } finally {
    await afterwards?.(directory);
    await hub.close();
    await rm(directory, { recursive: true, force: true });
  }
}

describe('encrypted files', () => {
  test('are decrypted where they are: .jwe is taken off, others keep their names', async () => {
    const { files, count, asked, log } = await decrypted({
      'model.bin.jwe': await encrypted('weights'),
      'sub/deep/config.json': await encrypted('{"hidden": 1}'),
      'README.md': 'plain',
      empty: '',
    });
    expect(files).toEqual({
      'model.bin': 'weights',
      'sub/deep/config.json': '{"hidden": 1}',
      'README.md': 'plain',
      empty: '',
    });
    expect(count).toBe(2);
    expect(asked).toEqual(['/cdh/resource/default/key/model-1']);
    expect(log).toContain(`Decrypted model.bin.jwe with ${resourceId}`);
    expect(log).not.toContain(encoded);
  });

  test.each(
    ['dir', 'A128KW', 'A192KW', 'A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW'].flatMap((alg) =>
      ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512'].map((enc) => ({ alg, enc })),
    ),
  )('with $alg and $enc are decrypted', async ({ alg, enc }) => {
    const bits = Number((alg === 'dir' ? (/HS(\d+)$/.exec(enc) ?? /^A(\d+)/.exec(enc)) : /^A(\d+)/.exec(alg))?.[1]);
    const own = createHash('sha512')
      .update('key')
      .digest()
      .subarray(0, bits / 8);
    const { files } = await decrypted(
      { 'model.bin': await encrypted('some weights of no particular length', alg, enc, own) },
      { answer: () => textAnswer(200, own.toString('base64url')) },
    );
    expect(files).toEqual({ 'model.bin': 'some weights of no particular length' });
  });

  test('may be larger than what is in memory at a time', async () => {
    const content = randomBytes(6 * 1024 * 1024 + 5)
      .toString('latin1')
      .replace(/[^ -~]/g, 'x');
    const { files } = await decrypted({
      'gcm.jwe': await encrypted(content),
      'cbc.jwe': await encrypted(content, 'dir', 'A128CBC-HS256'),
    });
    // Not toEqual: nobody wants to read the difference.
    expect(files['gcm'] === content).toBe(true);
    expect(files['cbc'] === content).toBe(true);
  });

  test('may end with a line break, and be in either JSON form', async () => {
    const header = { alg: 'A256KW', enc: 'A256GCM' };
    const flattened = await new FlattenedEncrypt(Buffer.from('flattened')).setProtectedHeader(header).encrypt(key);
    const general = await new GeneralEncrypt(Buffer.from('general'))
      .setProtectedHeader({ enc: 'A256GCM' })
      .setAdditionalAuthenticatedData(Buffer.from('more'))
      .addRecipient(key)
      .setUnprotectedHeader({ alg: 'A256KW' })
      .encrypt();
    const { files } = await decrypted({
      'compact.jwe': `${await encrypted('compact')}\n`,
      'flattened.jwe': JSON.stringify(flattened),
      'general.jwe': JSON.stringify(general),
    });
    expect(files).toEqual({ compact: 'compact', flattened: 'flattened', general: 'general' });
  });

  test('are told from signed tokens and texts that begin alike', async () => {
    const signed = await new CompactSign(Buffer.from('{}')).setProtectedHeader({ alg: 'HS256' }).sign(key);
    const plain = {
      'token.txt': signed,
      'short.txt': 'eyJ',
      'words.txt': 'eyJ.a.b.c.d',
      'object.json': '{"alg":"dir"}',
    };
    const { files, asked } = await decrypted(plain);
    expect(files).toEqual(plain);
    // Nothing to decrypt: nobody is asked for a key.
    expect(asked).toEqual([]);
  });

  test('behind a link are left alone', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'slipway-outside-'));
    try {
      const content = await encrypted('outside');
      await writeFile(join(outside, 'model.jwe'), content);
      const { files } = await decrypted({}, { prepare: (directory) => symlink(outside, join(directory, 'link')) });
      expect(files).toEqual({ link: `-> ${outside}` });
      expect((await stat(join(outside, 'model.jwe'))).size).toBe(content.length);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});

describe('the key', () => {
  test.each([
    { form: 'a JSON Web Key', answer: JSON.stringify({ kty: 'oct', k: encoded, alg: 'A256KW' }) },
    { form: 'Base64url with a line break', answer: `${encoded}\n` },
    { form: 'Base64', answer: key.toString('base64') },
  ])('may be $form', async ({ answer }) => {
    const { files } = await decrypted(
      { 'm.jwe': await encrypted('weights') },
      { answer: () => textAnswer(200, answer) },
    );
    expect(files).toEqual({ m: 'weights' });
  });

  test('is asked for again while the hub is starting', async () => {
    const { files, asked } = await decrypted(
      { 'm.jwe': await encrypted('weights') },
      {
        answer: (attempt) => (attempt === 1 ? 'reset' : attempt === 2 ? textAnswer(503, '') : textAnswer(200, encoded)),
      },
    );
    expect(files).toEqual({ m: 'weights' });
    expect(asked).toHaveLength(3);
  });

  test.each([
    { what: 'not there', answer: textAnswer(404, 'secret words'), words: 'it answered 404' },
    { what: 'empty', answer: textAnswer(200, ''), words: 'the key is empty' },
    {
      what: 'of another kind',
      answer: textAnswer(200, '{"kty":"RSA"}'),
      words: 'it is no symmetric JSON Web Key (kty oct)',
    },
    { what: 'behind a broken hub', answer: textAnswer(500, ''), words: 'it answered 500' },
  ])('that is $what ends the fetch', async ({ answer, words }) => {
    const failed = decrypted({ 'm.jwe': await encrypted('weights') }, { answer: () => answer });
    await expect(failed).rejects.toThrow(/^Failed to retrieve key from CDH: kbs:\/\/\/default\/key\/model-1 from http/);
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.not.toThrow('secret words');
  });

  test('of a hub that is not there is an error that names the address', async () => {
    const failed = decrypted(
      { 'm.jwe': await encrypted('weights') },
      { environment: { CDH_ADDR: 'http://127.0.0.1:9' } },
    );
    await expect(failed).rejects.toThrow(
      'from http://127.0.0.1:9/cdh/resource/default/key/model-1: connect ECONNREFUSED',
    );
  });

  test('never goes through a proxy', async () => {
    const environment = { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' };
    const { files } = await decrypted({ 'm.jwe': await encrypted('weights') }, { environment });
    expect(files).toEqual({ m: 'weights' });
  });
});

describe('what is refused', () => {
  const wrongKey = Buffer.alloc(32, 7);

  test.each(['A256KW', 'A256GCMKW', 'dir'])('a file of another key, with %s', async (alg) => {
    await expect(decrypted({ 'm.jwe': await encrypted('x', alg, 'A256GCM', wrongKey) })).rejects.toThrow(
      'decrypting m.jwe: the key does not fit, or the file was changed',
    );
  });

  test.each(['A256GCM', 'A128CBC-HS256'])('a file that was changed, with %s', async (enc) => {
    const parts = (await encrypted('some content', 'A256KW', enc)).split('.');
    const ciphertext = base64url.decode(parts[3] ?? '');
    ciphertext[0] = (ciphertext[0] ?? 0) ^ 1;
    parts[3] = base64url.encode(ciphertext);
    await expect(decrypted({ 'm.jwe': parts.join('.') })).rejects.toThrow(
      'the key does not fit, or the file was changed',
    );
  });

  test('a header that was changed', async () => {
    const parts = (await encrypted('some content')).split('.');
    parts[0] = base64url.encode(JSON.stringify({ enc: 'A256GCM', alg: 'A256KW' }));
    await expect(decrypted({ 'm.jwe': parts.join('.') })).rejects.toThrow(
      'the key does not fit, or the file was changed',
    );
  });

  test('a tag that was cut: a short one is easily forged', async () => {
    const parts = (await encrypted('some content')).split('.');
    parts[4] = (parts[4] ?? '').slice(0, 6);
    await expect(decrypted({ 'm.jwe': parts.join('.') })).rejects.toThrow(
      'its initialization vector or tag has another length than A256GCM has',
    );
  });

  test('a key of another length', async () => {
    await expect(
      decrypted({ 'm.jwe': await encrypted('x', 'A128KW', 'A256GCM', key.subarray(0, 16)) }),
    ).rejects.toThrow('decrypting m.jwe: the key has 32 bytes, A128KW of this file needs 16');
  });

  test.each([
    { header: { alg: 'RSA-OAEP', enc: 'A256GCM' }, words: 'its key encryption is "RSA-OAEP", supported: dir, A128KW' },
    { header: { alg: 'dir', enc: 'toString' }, words: 'its content encryption is "toString", supported: A128GCM' },
    { header: { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }, words: "its header has 'zip', which is not supported" },
    { header: { alg: 'dir', enc: 'A256GCM', crit: ['exp'] }, words: "its header has 'crit', which is not supported" },
  ])('a header with what we have not: $words', async ({ header, words }) => {
    const file = [base64url.encode(JSON.stringify(header)), '', 'AAAAAAAAAAAAAAAA', 'AAAA', 'AAAAAAAAAAAAAAAAAAAAAA'];
    await expect(decrypted({ 'm.jwe': file.join('.') })).rejects.toThrow(words);
  });

  test('a file that is called .jwe and is none', async () => {
    await expect(decrypted({ 'm.jwe': 'plain' })).rejects.toThrow(
      'decrypting m.jwe: it is no JWE, neither compact nor JSON',
    );
  });

  test('a large file in JSON, which would have to be in memory', async () => {
    const large = `{${' '.repeat(33 * 1024 * 1024)}}`;
    await expect(decrypted({ 'm.jwe': large })).rejects.toThrow('encrypt it in the compact form');
  });

  test('an encrypted file beside a plain one of its name', async () => {
    await expect(decrypted({ 'm.jwe': await encrypted('x'), m: 'y' })).rejects.toThrow(
      "decrypting m.jwe: there is a file without .jwe too, and it can't be both",
    );
  });

  test('a file whose decryption fails leaves nothing of its plain text', async () => {
    const content = await encrypted('x', 'dir', 'A256GCM', wrongKey);
    let left: Readonly<Record<string, string>> = {};
    const failed = decrypted(
      { 'm.jwe': content },
      { afterwards: async (directory) => void (left = await treeOf(directory)) },
    );
    await expect(failed).rejects.toThrow('the key does not fit');
    expect(left).toEqual({ 'm.jwe': content });
  });

  test('everything, when the fetch was ended meanwhile (SD-16)', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(decrypted({ 'm.jwe': await encrypted('x') }, { signal: stop.signal })).rejects.toThrow('stopped');
  });
});

describe('the variables', () => {
  test.each(['false', ''])('CONFIDENTIAL_ENABLED %p: nothing is decrypted', async (value) => {
    const content = await encrypted('x');
    const { files, asked } = await decrypted({ 'm.jwe': content }, { environment: { CONFIDENTIAL_ENABLED: value } });
    expect(files).toEqual({ 'm.jwe': content });
    expect(asked).toEqual([]);
  });

  test('without CONFIDENTIAL_RESOURCE_ID nothing begins', async () => {
    await expect(decrypted({}, { environment: { CONFIDENTIAL_RESOURCE_ID: '' } })).rejects.toThrow(
      'CONFIDENTIAL_ENABLED is set, and CONFIDENTIAL_RESOURCE_ID is not: name the key',
    );
  });

  test.each(['kbs://host/a/b/c', 'kbs:///a/b', 'kbs:///a/../c', 'kbs:///a/b/c?d'])(
    'CONFIDENTIAL_RESOURCE_ID %p is a configuration error',
    async (value) => {
      await expect(decrypted({}, { environment: { CONFIDENTIAL_RESOURCE_ID: value } })).rejects.toThrow(
        `environment: CONFIDENTIAL_RESOURCE_ID: got "${value}", expected kbs:///<repo>/<type>/<tag>`,
      );
    },
  );

  test('CDH_ADDR that is no URL is a configuration error', async () => {
    await expect(decrypted({}, { environment: { CDH_ADDR: 'localhost:8006' } })).rejects.toThrow(
      'environment: CDH_ADDR: got "localhost:8006", expected an http or https URL',
    );
  });
});
