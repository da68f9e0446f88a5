import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../../../../controllers/component';
import { realClock, type Clock } from '../../../../../controllers/runtime/clock';
import { openHuggingFace } from '../../../../../controllers/storage-initializer/sources/hugging-face/hugging-face-source';
import {
  startHuggingFaceHub,
  type HubOptions,
  type HubRepositoryContent,
  type HuggingFaceHub,
} from '../../../../doubles/hugging-face/hugging-face-hub';
import { jsonAnswer, textAnswer } from '../../../../doubles/model-registry/answer';
import { startFaultProxy } from '../../../../faults/fault-proxy';
import { fetched, type Fetched } from '../../fetched-tree';

const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
const token = 'hf_TheTokenOfTheTests';

const repository = (over: Partial<HubRepositoryContent> = {}): HubRepositoryContent => ({
  id: 'owner/model',
  revisions: { main: first },
  commits: {
    [first]: {
      'config.json': '{"hidden": 1}',
      'model.safetensors': { lfs: 'weights in LFS' },
      'sub/dir/empty.txt': '',
    },
  },
  ...over,
});

const everything = { 'config.json': '{"hidden": 1}', 'model.safetensors': 'weights in LFS', 'sub/dir/empty.txt': '' };

/** Waits between tries end at once. */
const impatientClock: Clock = { ...realClock, setTimer: (_ms, callback) => realClock.setTimer(0, callback) };

async function withHub<T>(options: HubOptions, use: (hub: HuggingFaceHub) => Promise<T>): Promise<T> {
  const hub = await startHuggingFaceHub(options);
  try {
    return await use(hub);
  } finally {
    await hub.close();
  }
}

const fetchedFrom = (hub: HuggingFaceHub, uri = 'hf://owner/model', environment: Environment = {}): Promise<Fetched> =>
  fetched(openHuggingFace, uri, { environment: { HF_ENDPOINT: hub.url, ...environment } });

describe('a repository of Hugging Face', () => {
  test('is fetched with its root at the destination; empty files are files (SD-02)', () =>
    withHub({ repositories: [repository()] }, async (hub) => {
      expect((await fetchedFrom(hub)).files).toEqual(everything);
    }));

  test('is fetched at the revision of the URI, also one with slashes', () =>
    withHub(
      {
        repositories: [
          repository({
            revisions: { main: first, 'refs/pr/1': second },
            commits: { [first]: { old: 'old' }, [second]: { new: 'new' } },
          }),
        ],
      },
      async (hub) => {
        expect((await fetchedFrom(hub, 'hf://owner/model:refs/pr/1')).files).toEqual({ new: 'new' });
        expect((await fetchedFrom(hub, `hf://owner/model:${second}`)).files).toEqual({ new: 'new' });
        expect((await fetchedFrom(hub)).files).toEqual({ old: 'old' });
      },
    ));

  test('is of one commit, whatever is pushed while it is listed', async () => {
    const moving = repository({
      commits: { [first]: { one: '1', two: '2' }, [second]: { one: 'changed', two: 'changed' } },
    });
    await withHub(
      {
        repositories: [moving],
        pageSize: 1,
        intercept: ({ url }) => {
          if (url.pathname.includes('/tree/')) moving.revisions['main'] = second;
          return undefined;
        },
      },
      async (hub) => {
        expect((await fetchedFrom(hub)).files).toEqual({ one: '1', two: '2' });
      },
    );
  });

  test('is listed page by page', async () => {
    const files = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`part-${index}.bin`, `part ${index}`]));
    await withHub({ repositories: [repository({ commits: { [first]: files } })], pageSize: 10 }, async (hub) => {
      expect((await fetchedFrom(hub)).files).toEqual(files);
      expect(hub.log.filter(({ path }) => path.includes('/tree/'))).toHaveLength(3);
    });
  });

  test('is listed to its end at a mirror that passes on the links of the hub, and the token goes to the mirror only', () =>
    withHub(
      { repositories: [repository()], pageSize: 1, linkBase: 'http://hub.invalid', tokens: { [token]: 'granted' } },
      async (hub) => {
        expect((await fetchedFrom(hub, undefined, { HF_TOKEN: token })).files).toEqual(everything);
      },
    ));

  test('may have names with spaces and signs', async () => {
    const files = { 'my model/part 1 #?&%.bin': { lfs: 'one' }, 'ünïcode.txt': 'two' };
    await withHub({ repositories: [repository({ commits: { [first]: files } })] }, async (hub) => {
      expect((await fetchedFrom(hub)).files).toEqual({ 'my model/part 1 #?&%.bin': 'one', 'ünïcode.txt': 'two' });
    });
  });

  test('may be behind a URL with a path, as in an artifact store', async () => {
    await withHub({ repositories: [repository()] }, async (hub) => {
      const proxy = await startFaultProxy({ target: hub.url });
      try {
        const failed = fetchedFrom(hub, undefined, { HF_ENDPOINT: `${proxy.url}/api/huggingface/` });
        await expect(failed).rejects.toThrow('HuggingFace');
        expect(proxy.requests[0]?.path).toBe('/api/huggingface/api/models/owner/model/revision/main');
      } finally {
        await proxy.close();
      }
    });
  });

  test('is filtered by the patterns', () =>
    withHub({ repositories: [repository()] }, async (hub) => {
      const allowed = await fetchedFrom(hub, undefined, { STORAGE_ALLOW_PATTERNS: '["*.safetensors","*.json"]' });
      expect(Object.keys(allowed.files).sort()).toEqual(['config.json', 'model.safetensors']);
      const left = await fetchedFrom(hub, undefined, { STORAGE_IGNORE_PATTERNS: '*.safetensors' });
      expect(Object.keys(left.files).sort()).toEqual(['config.json', 'sub/dir/empty.txt']);
    }));

  test('without files is no model', () =>
    withHub({ repositories: [repository({ commits: { [first]: {} } })] }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow('Failed to fetch model. No model found in hf://owner/model.');
    }));

  test('is refused when a name would leave the destination (SD-03)', () =>
    withHub({ repositories: [repository({ commits: { [first]: { '../evil': 'x' } } })] }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow('refusing the name "../evil": it leaves the destination');
    }));
});

describe('the token', () => {
  const options: HubOptions = { repositories: [repository({ private: true })], tokens: { [token]: 'granted' } };

  test('goes to the hub, and never to the store of large files (SD-08)', () =>
    withHub(options, async (hub) => {
      const { files, log } = await fetchedFrom(hub, undefined, { HF_TOKEN: token });
      expect(files).toEqual(everything);
      expect(hub.log.every(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(true);
      expect(hub.storeLog.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      expect(log.join('\n')).not.toContain(token);
    }));

  test('may end with a line break, as secrets made from files do', () =>
    withHub(options, async (hub) => {
      expect((await fetchedFrom(hub, undefined, { HF_TOKEN: `${token}\n` })).files).toEqual(everything);
    }));

  test('may be in a file: HF_TOKEN_PATH, or token in HF_HOME', () =>
    withHub(options, async (hub) => {
      const directory = await mkdtemp(join(tmpdir(), 'slipway-hf-home-'));
      try {
        await writeFile(join(directory, 'token'), `${token}\n`);
        const path = join(directory, 'token');
        expect((await fetchedFrom(hub, undefined, { HF_TOKEN_PATH: path })).files).toEqual(everything);
        expect((await fetchedFrom(hub, undefined, { HF_HOME: directory })).files).toEqual(everything);
        const without = fetchedFrom(hub, undefined, { HF_HOME: directory, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' });
        await expect(without).rejects.toThrow("HuggingFace resource 'owner/model' not found.");
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }));

  test('that can be none is a configuration error, which does not show it (SD-12)', () =>
    withHub(options, async (hub) => {
      const failed = fetchedFrom(hub, undefined, { HF_TOKEN: `two ${token}` });
      await expect(failed).rejects.toThrow('environment: HF_TOKEN: has characters that no token has');
      await expect(failed).rejects.not.toThrow(token);
    }));

  test('that the hub does not know is named as the cause, and not shown', () =>
    withHub(options, async (hub) => {
      const failed = fetchedFrom(hub, undefined, { HF_TOKEN: 'hf_WrongOne' });
      await expect(failed).rejects.toThrow(
        'HuggingFace authentication failed. Set HF_TOKEN or request access to the gated repository. (Invalid credentials in Authorization header)',
      );
      await expect(failed).rejects.not.toThrow('hf_WrongOne');
    }));

  test('that is revoked half-way ends the fetch', async () => {
    const tokens: Record<string, 'granted'> = { [token]: 'granted' };
    await withHub(
      {
        repositories: [repository({ private: true })],
        tokens,
        intercept: ({ url }) => {
          if (url.pathname.includes('/resolve/')) delete tokens[token];
          return undefined;
        },
      },
      async (hub) => {
        await expect(fetchedFrom(hub, undefined, { HF_TOKEN: token })).rejects.toThrow(
          'HuggingFace authentication failed. Set HF_TOKEN',
        );
      },
    );
  });
});

describe('what the hub refuses', () => {
  test('an unknown repository, to nobody: it may be private', () =>
    withHub({ repositories: [] }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(
        "HuggingFace resource 'owner/model' not found. (it does not exist, or is private and needs HF_TOKEN)",
      );
    }));

  test('an unknown repository, to a token: it may not be granted', () =>
    withHub({ repositories: [repository({ private: true })], tokens: { [token]: 'known' } }, async (hub) => {
      await expect(fetchedFrom(hub, undefined, { HF_TOKEN: token })).rejects.toThrow(
        "HuggingFace resource 'owner/model' not found. (it does not exist, or is private and the token may not see it)",
      );
    }));

  test('an unknown revision', () =>
    withHub({ repositories: [repository()] }, async (hub) => {
      await expect(fetchedFrom(hub, 'hf://owner/model:v9')).rejects.toThrow(
        "HuggingFace resource 'owner/model:v9' not found. (there is no revision 'v9')",
      );
    }));

  test.each([
    { who: 'nobody', environment: {}, said: 'You must be authenticated to access it.' },
    { who: 'somebody not granted', environment: { HF_TOKEN: token }, said: 'you are not in the authorized list.' },
  ])('a gated repository, to $who', ({ environment, said }) =>
    withHub({ repositories: [repository({ gated: true })], tokens: { [token]: 'known' } }, async (hub) => {
      const failed = fetchedFrom(hub, undefined, environment);
      await expect(failed).rejects.toThrow(
        'HuggingFace authentication failed. Set HF_TOKEN or request access to the gated repository.',
      );
      await expect(failed).rejects.toThrow(said);
    }),
  );

  test('a file that was deleted between list and get', () =>
    withHub(
      {
        repositories: [repository()],
        intercept: ({ url }) =>
          url.pathname.endsWith('config.json')
            ? {
                ...textAnswer(404, ''),
                headers: { 'x-error-code': 'EntryNotFound', 'x-error-message': 'Entry not found' },
              }
            : undefined,
      },
      async (hub) => {
        await expect(fetchedFrom(hub)).rejects.toThrow(
          "HuggingFace resource 'owner/model/config.json' not found. (Entry not found)",
        );
      },
    ));

  test('a repository that was disabled', () =>
    withHub(
      {
        repositories: [],
        intercept: () => ({
          ...textAnswer(403, ''),
          headers: { 'x-error-message': 'Access to this resource is disabled.' },
        }),
      },
      async (hub) => {
        await expect(fetchedFrom(hub)).rejects.toThrow(
          "Access denied to HuggingFace resource 'owner/model'. Verify permissions. (Access to this resource is disabled.)",
        );
      },
    ));
});

describe('on bad days', () => {
  test.each([429, 503])('a listing that is answered %i is tried again, not before Retry-After', async (status) => {
    let refusals = 0;
    await withHub(
      {
        repositories: [repository()],
        intercept: ({ url }) => {
          if (!url.pathname.includes('/tree/') || refusals > 0) return undefined;
          refusals += 1;
          return { ...textAnswer(status, ''), headers: { 'retry-after': '1' } };
        },
      },
      async (hub) => {
        const began = performance.now();
        expect((await fetchedFrom(hub)).files).toEqual(everything);
        expect(performance.now() - began).toBeGreaterThanOrEqual(990);
      },
    );
  });

  test('a hub that stays busy is an error that says so', () =>
    withHub({ repositories: [], intercept: () => textAnswer(429, '') }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(
        `HuggingFace error: owner/model: ${hub.url} answered 429 Too Many Requests`,
      );
    }));

  test('a file whose body is cut is fetched on from where it ended (SD-07)', () =>
    withHub({ repositories: [repository({ commits: { [first]: { 'big.txt': '0123456789' } } })] }, async (hub) => {
      const proxy = await startFaultProxy({ target: hub.url });
      try {
        const isBody = (path: string, query: URLSearchParams) => path.endsWith('big.txt') && query.has('cached');
        proxy.inject({
          matches: ({ path, query }) => isBody(path, query),
          fault: { kind: 'short', bytes: 4 },
          times: 1,
        });
        expect((await fetchedFrom(hub, undefined, { HF_ENDPOINT: proxy.url })).files).toEqual({
          'big.txt': '0123456789',
        });
        const ranges = hub.log.filter(({ query }) => 'cached' in query).map(({ headers }) => headers.range);
        expect(ranges).toEqual([undefined, 'bytes=4-9']);
      } finally {
        await proxy.close();
      }
    }));

  test('an address that has expired before it was used is asked for anew', async () => {
    let expired = 0;
    await withHub(
      {
        repositories: [repository()],
        interceptStore: () =>
          expired++ === 0 ? textAnswer(403, '<Error><Message>Request has expired</Message></Error>') : undefined,
      },
      async (hub) => {
        expect((await fetchedFrom(hub)).files).toEqual(everything);
        expect(hub.log.filter(({ path }) => path.endsWith('model.safetensors'))).toHaveLength(2);
      },
    );
  });

  test('a large file that arrives with other bytes than its sha256 is refused', () =>
    withHub(
      { repositories: [repository({ commits: { [first]: { 'model.bin': { lfs: 'right', stored: 'wrong' } } } })] },
      async (hub) => {
        const options = { environment: { HF_ENDPOINT: hub.url }, clock: impatientClock };
        await expect(fetched(openHuggingFace, 'hf://owner/model', options)).rejects.toThrow(
          'model.bin: sha256 of what arrived is',
        );
      },
    ));

  test('a hub that nobody answers for is named', async () => {
    const environment = { HF_ENDPOINT: 'http://127.0.0.1:9' };
    await expect(fetched(openHuggingFace, 'hf://owner/model', { environment })).rejects.toThrow(
      "Failed to connect to HuggingFace endpoint 'http://127.0.0.1:9'. (",
    );
  });

  test.each([
    { what: 'a login page', answer: textAnswer(200, '<html>log in</html>'), why: 'it is not JSON' },
    { what: 'something else', answer: jsonAnswer(200, { fine: true }), why: 'it names no commit for owner/model:main' },
  ])('$what instead of the API is an error', ({ answer, why }) =>
    withHub({ repositories: [], intercept: () => answer }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(
        `HuggingFace error: the answer of ${hub.url} can't be understood: ${why}`,
      );
    }),
  );
});

describe('the variables of the client library', () => {
  test.each(['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'])('%s refuses the fetch and says why', async (variable) => {
    const failed = fetched(openHuggingFace, 'hf://owner/model', { environment: { [variable]: '1' } });
    await expect(failed).rejects.toThrow(
      'HuggingFace error: HF_HUB_OFFLINE is set, and owner/model has to be fetched: unset it',
    );
  });

  test('those of transfer programs have no effect', () =>
    withHub({ repositories: [repository()] }, async (hub) => {
      const environment = {
        HF_HUB_ENABLE_HF_TRANSFER: '1',
        HF_XET_HIGH_PERFORMANCE: '1',
        HF_XET_NUM_CONCURRENT_RANGE_GETS: '8',
      };
      expect((await fetchedFrom(hub, undefined, environment)).files).toEqual(everything);
    }));

  test.each(['not a url', 'ftp://hub', 'https://user:secret@hub'])(
    'HF_ENDPOINT %p is a configuration error',
    async (value) => {
      const failed = fetched(openHuggingFace, 'hf://owner/model', { environment: { HF_ENDPOINT: value } });
      await expect(failed).rejects.toThrow('environment: HF_ENDPOINT: got');
      await expect(failed).rejects.not.toThrow('secret');
    },
  );
});
