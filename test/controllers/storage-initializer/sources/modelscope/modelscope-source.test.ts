import type { Environment } from '../../../../../controllers/component';
import { realClock, type Clock } from '../../../../../controllers/runtime/clock';
import { openModelScope } from '../../../../../controllers/storage-initializer/sources/modelscope/modelscope-source';
import { jsonAnswer, textAnswer } from '../../../../doubles/model-registry/answer';
import {
  startModelScopeHub,
  type ModelScopeHub,
  type ModelScopeOptions,
} from '../../../../doubles/modelscope/modelscope-hub';
import { startFaultProxy } from '../../../../faults/fault-proxy';
import { fetched, type Fetched } from '../../fetched-tree';

const token = 'ms-the-token-of-the-tests';

const repository: ModelScopeOptions = {
  id: 'owner/model',
  revisions: {
    master: { 'config.json': '{"hidden": 1}', 'model.bin': { large: 'large weights' }, 'a/b c.txt': '' },
    'v1.0': { old: 'old' },
  },
};

const everything = { 'config.json': '{"hidden": 1}', 'model.bin': 'large weights', 'a/b c.txt': '' };

/** Waits between tries end at once. */
const impatientClock: Clock = { ...realClock, setTimer: (_ms, callback) => realClock.setTimer(0, callback) };

async function withHub<T>(over: Partial<ModelScopeOptions>, use: (hub: ModelScopeHub) => Promise<T>): Promise<T> {
  const hub = await startModelScopeHub({ ...repository, ...over });
  try {
    return await use(hub);
  } finally {
    await hub.close();
  }
}

const fetchedFrom = (
  hub: ModelScopeHub,
  uri = 'modelscope://owner/model',
  environment: Environment = {},
): Promise<Fetched> =>
  fetched(openModelScope, uri, { environment: { MODELSCOPE_DOMAIN: hub.url, ...environment }, clock: impatientClock });

describe('a repository of ModelScope', () => {
  test.each(['modelscope://owner/model', 'ms://owner/model'])(
    '%s is fetched with its root at the destination; empty files are files (SD-02)',
    (uri) =>
      withHub({}, async (hub) => {
        expect((await fetchedFrom(hub, uri)).files).toEqual(everything);
      }),
  );

  test('is fetched at the revision of the URI', () =>
    withHub({}, async (hub) => {
      expect((await fetchedFrom(hub, 'ms://owner/model:v1.0')).files).toEqual({ old: 'old' });
    }));

  test('is filtered by the patterns', () =>
    withHub({}, async (hub) => {
      const { files } = await fetchedFrom(hub, undefined, { STORAGE_IGNORE_PATTERNS: '*.bin,a/*' });
      expect(files).toEqual({ 'config.json': '{"hidden": 1}' });
    }));

  test('with more files than a listing has is fetched whole, folder by folder', async () => {
    const files = Object.fromEntries(
      ['', 'one/', 'one/deep/', 'two/'].flatMap((folder) =>
        Array.from({ length: 1100 }, (_, index) => [`${folder}${index}`, `${index}`]),
      ),
    );
    await withHub({ revisions: { master: files } }, async (hub) => {
      expect((await fetchedFrom(hub)).files).toEqual(files);
    });
  }, 60_000);

  test('with more files in one folder than a listing has is refused, not cut off', async () => {
    const files = Object.fromEntries(Array.from({ length: 3001 }, (_, index) => [`all/${index}`, '']));
    await withHub({ revisions: { master: files } }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(
        'ModelScope error: owner/model:master/all: has 3000 entries or more, and the hub lists no more',
      );
    });
  });

  test('without files is no model', () =>
    withHub({ revisions: { master: {} } }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(
        'Failed to fetch model. No model found in modelscope://owner/model.',
      );
    }));

  test('is refused when a name would leave the destination (SD-03)', () =>
    withHub({ revisions: { master: { '../evil': 'x' } } }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow('refusing the name "../evil": it leaves the destination');
    }));

  test('whose file arrives with other bytes than its sha256 is refused', () =>
    withHub({ revisions: { master: { 'model.bin': { large: 'right', stored: 'wrong' } } } }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow('model.bin: sha256 of what arrived is');
    }));

  test('whose file is cut is fetched on from where it ended (SD-07)', () =>
    withHub({ revisions: { master: { 'big.txt': '0123456789' } } }, async (hub) => {
      const proxy = await startFaultProxy({ target: hub.url });
      try {
        proxy.inject({ matches: ({ query }) => query.has('FilePath'), fault: { kind: 'short', bytes: 4 }, times: 1 });
        const { files } = await fetchedFrom(hub, undefined, { MODELSCOPE_DOMAIN: proxy.url });
        expect(files).toEqual({ 'big.txt': '0123456789' });
        expect(hub.log.map(({ headers }) => headers.range)).toEqual([undefined, undefined, 'bytes=4-9']);
      } finally {
        await proxy.close();
      }
    }));
});

describe('the token', () => {
  test('goes to the hub, and never to the store of large files (SD-08)', () =>
    withHub({ token }, async (hub) => {
      const { files, log } = await fetchedFrom(hub, undefined, { MODELSCOPE_API_TOKEN: `${token}\n` });
      expect(files).toEqual(everything);
      expect(hub.storeLog).toHaveLength(1);
      expect(hub.storeLog.map(({ headers }) => headers.authorization ?? headers.cookie)).toEqual([undefined]);
      expect(log.join('\n')).not.toContain(token);
    }));

  test('that is missing is named as a possible cause', () =>
    withHub({ token }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(
        "ModelScope resource 'owner/model:master' not found. (it does not exist, or is private and needs MODELSCOPE_API_TOKEN",
      );
    }));

  test('that the hub does not know is named as the cause, and not shown (SD-12)', () =>
    withHub({ token }, async (hub) => {
      const failed = fetchedFrom(hub, undefined, { MODELSCOPE_API_TOKEN: 'ms-wrong' });
      await expect(failed).rejects.toThrow(
        'ModelScope authentication failed. Set MODELSCOPE_API_TOKEN or log in to ModelScope. (owner/model:master: access token is invalid)',
      );
      await expect(failed).rejects.not.toThrow('ms-wrong');
    }));
});

describe('what the hub refuses', () => {
  test('an unknown repository', () =>
    withHub({}, async (hub) => {
      await expect(fetchedFrom(hub, 'ms://owner/other')).rejects.toThrow(
        "ModelScope resource 'owner/other:master' not found.",
      );
    }));

  test('an unknown revision', () =>
    withHub({}, async (hub) => {
      await expect(fetchedFrom(hub, 'ms://owner/model:v9')).rejects.toThrow(
        /^ModelScope resource 'owner\/model:v9' not found\. \(.*: revision does not exist\)$/,
      );
    }));

  test.each([
    { message: 'model not exist', words: "ModelScope resource 'owner/model:master' not found." },
    { message: 'busy', words: /^ModelScope error: owner\/model:master: .* answered 200 OK: busy$/ },
  ])('what it says with status 200: $message', ({ message, words }) =>
    withHub({ intercept: () => jsonAnswer(200, { Code: 1, Message: message, Success: false }) }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(words);
    }),
  );

  test('a file that was deleted between list and get', () =>
    withHub(
      {
        intercept: ({ url }) => (url.searchParams.get('FilePath') === 'config.json' ? textAnswer(404, '') : undefined),
      },
      async (hub) => {
        await expect(fetchedFrom(hub)).rejects.toThrow("ModelScope resource 'owner/model/config.json' not found.");
      },
    ));

  test('somebody who may not', () =>
    withHub({ intercept: () => textAnswer(403, '') }, async (hub) => {
      await expect(fetchedFrom(hub)).rejects.toThrow(
        "Access denied to ModelScope resource 'owner/model:master'. Verify permissions.",
      );
    }));

  test('everybody, for a while: 503 is tried again', async () => {
    let refusals = 0;
    await withHub({ intercept: () => (refusals++ < 2 ? textAnswer(503, '') : undefined) }, async (hub) => {
      expect((await fetchedFrom(hub)).files).toEqual(everything);
    });
  });
});

describe('the endpoint', () => {
  test('that nobody answers for is named', async () => {
    const environment = { MODELSCOPE_ENDPOINT: 'http://127.0.0.1:9' };
    const failed = fetched(openModelScope, 'ms://owner/model', { environment, clock: impatientClock });
    await expect(failed).rejects.toThrow("Failed to connect to ModelScope endpoint 'http://127.0.0.1:9'. (");
  });

  test('may be a host alone, which is asked over TLS', async () => {
    const environment = { MODELSCOPE_DOMAIN: '127.0.0.1:9' };
    const failed = fetched(openModelScope, 'ms://owner/model', { environment, clock: impatientClock });
    await expect(failed).rejects.toThrow("Failed to connect to ModelScope endpoint 'https://127.0.0.1:9'.");
  });

  test('that is no URL is a configuration error', async () => {
    const environment = { MODELSCOPE_ENDPOINT: 'ftp://hub' };
    await expect(fetched(openModelScope, 'ms://owner/model', { environment })).rejects.toThrow(
      'environment: MODELSCOPE_ENDPOINT: got "ftp://hub", expected an http or https URL without user info and query',
    );
  });
});
