import { realClock, type Clock } from '../../../../../controllers/runtime/clock';
import { openAzureFileSource } from '../../../../../controllers/storage-initializer/sources/azure-file/azure-file-source';
import {
  shareAccount,
  startAzureFileShare,
  type AzureFileShare,
} from '../../../../doubles/azure-file-share/azure-file-share';
import { fetched } from '../../fetched-tree';

let share: AzureFileShare;

const deep = 'a/1/2/3/4/5/6/7/deep.bin';
const objects = {
  'a/b/c': 'c',
  'a/b/d.json': '{}',
  'a/b/e/f.bin': 'f',
  'a/b/__init__.py': '',
  'a/b-sibling/x': 'sibling',
  [deep]: 'deep',
  'sp ace/50% & more.bin': 'named',
  'root.bin': 'root',
};

beforeEach(async () => {
  share = await startAzureFileShare('share', objects);
});

afterEach(async () => {
  await share.close();
});

const host = 'https://models.file.core.windows.net';

const fetchFrom = (uri: string, environment: Readonly<Record<string, string>> = {}, clock: Clock = realClock) =>
  fetched(openAzureFileSource, uri, {
    environment: {
      AZURE_STORAGE_FILE_ENDPOINT: share.endpoint,
      AZURE_STORAGE_ACCESS_KEY: shareAccount.key,
      ...environment,
    },
    clock,
  });

const relative = { STORAGE_AZURE_FILE_RELATIVE_PATHS: 'true' };

describe('what an Azure file share URI becomes', () => {
  test('a folder: its files with their full path, as KServe has them, and never a sibling (SD-01, SD-02)', async () => {
    const files = { 'a/b/c': 'c', 'a/b/d.json': '{}', 'a/b/e/f.bin': 'f', 'a/b/__init__.py': '' };
    expect((await fetchFrom(`${host}/share/a/b`)).files).toEqual(files);
    expect((await fetchFrom(`${host}/share/a/b/`)).files).toEqual(files);
  });

  test('a folder with relative paths: its files as they are below it', async () => {
    const files = { c: 'c', 'd.json': '{}', 'e/f.bin': 'f', '__init__.py': '' };
    expect((await fetchFrom(`${host}/share/a/b`, relative)).files).toEqual(files);
  });

  test('a deep folder: more than five levels below it', async () => {
    expect((await fetchFrom(`${host}/share/a/1`)).files).toEqual({ [deep]: 'deep' });
    expect((await fetchFrom(`${host}/share/a/1`, relative)).files).toEqual({ '2/3/4/5/6/7/deep.bin': 'deep' });
  });

  test('a single file: its full path or its base name, whatever the patterns are', async () => {
    const environment = { STORAGE_ALLOW_PATTERNS: '*.nothing' };
    expect((await fetchFrom(`${host}/share/a/b/c`, environment)).files).toEqual({ 'a/b/c': 'c' });
    expect((await fetchFrom(`${host}/share/a/b/c`, { ...environment, ...relative })).files).toEqual({ c: 'c' });
    expect((await fetchFrom(`${host}/share/root.bin`)).files).toEqual({ 'root.bin': 'root' });
  });

  test('a whole share: everything in it', async () => {
    for (const environment of [{}, relative]) {
      expect((await fetchFrom(`${host}/share/`, environment)).files).toEqual(objects);
    }
  });

  test('an account in a DNS zone is an account too', async () => {
    const { files } = await fetchFrom('https://models.z20.file.storage.azure.net/share/sp%20ace', relative);
    expect(files).toEqual({ '50% & more.bin': 'named' });
  });

  test('patterns choose among the files, by what is published', async () => {
    const environment = { ...relative, STORAGE_ALLOW_PATTERNS: '*.json,e/*' };
    expect((await fetchFrom(`${host}/share/a/b`, environment)).files).toEqual({ 'd.json': '{}', 'e/f.bin': 'f' });
  });

  test('a listing of several pages is read to its end', async () => {
    share.pageSize = 2;
    expect((await fetchFrom(`${host}/share`)).files).toEqual(objects);
    expect((await fetchFrom(`${host}/share/a/b/d.json`, relative)).files).toEqual({ 'd.json': '{}' });
  });
});

describe('credentials', () => {
  test('a shared access signature in the URI opens a share, and appears nowhere', async () => {
    share.signatures.add('s3cret');
    const { files, log } = await fetchFrom(`${host}/share/a/b/c?sv=2020-12-06&sig=s3cret`, {
      AZURE_STORAGE_ACCESS_KEY: '',
    });
    expect(files).toEqual({ 'a/b/c': 'c' });
    expect(log.join('\n')).not.toContain('s3cret');
  });

  test('a client is not asked for a token: shares are opened by the key', async () => {
    const environment = { AZURE_CLIENT_ID: 'client', AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_SECRET: 'secret' };
    expect((await fetchFrom(`${host}/share/a/b/c`, environment)).files).toEqual({ 'a/b/c': 'c' });
  });

  test('a wrong key is told in one line, without it', async () => {
    const wrong = Buffer.from('a wrong key').toString('base64');
    const failure = await fetchFrom(`${host}/share/a`, { AZURE_STORAGE_ACCESS_KEY: wrong }).catch(String);
    expect(failure).toMatch(
      /Azure authentication failed\. .*AZURE_STORAGE_ACCESS_KEY\. \(http.*\/share\/a: HTTP 403: AuthenticationFailed: Server failed to authenticate the request\.\)$/,
    );
    expect(failure).not.toContain(wrong);
  });

  test('no credentials are told', async () => {
    await expect(fetchFrom(`${host}/share/a`, { AZURE_STORAGE_ACCESS_KEY: '' })).rejects.toThrow(
      /^Azure authentication failed\. .*HTTP 401: NoAuthenticationInformation/,
    );
  });
});

describe('bad days', () => {
  test('a path and a share that are missing are named', async () => {
    await expect(fetchFrom(`${host}/share/nothing/here`)).rejects.toThrow(
      /^Azure resource '.*\/share\/nothing.*' not found\. \(HTTP 404: ResourceNotFound/,
    );
    await expect(fetchFrom(`${host}/missing/a`)).rejects.toThrow(/not found\. \(HTTP 404: ShareNotFound/);
  });

  test('a clock that is 16 minutes off is named', async () => {
    const clock: Clock = { ...realClock, now: () => Date.now() - 16 * 60_000 };
    await expect(fetchFrom(`${host}/share/a`, {}, clock)).rejects.toThrow(
      /^Azure authentication failed\. .*Request date header too old: .*; the clock of this node is 16 min behind the server's\)$/,
    );
  });

  test('a file that grows after it was listed arrives as it is now', async () => {
    share.before = (path, query) => {
      if (path === 'a/b/c' && query.get('comp') === null) share.files.set('a/b/c', 'longer than before');
    };
    expect((await fetchFrom(`${host}/share/a/b/`)).files).toMatchObject({ 'a/b/c': 'longer than before' });
  });

  test('a file that is replaced by one of the same length is noticed', async () => {
    share.before = (path, query) => {
      if (path === 'a/b/c' && query.get('comp') === null) share.files.set('a/b/c', 'C');
    };
    const { files, log } = await fetchFrom(`${host}/share/a/b/`);
    expect(files).toMatchObject({ 'a/b/c': 'C' });
    expect(log.join('\n')).toContain('a/b/c: was replaced while it was fetched');
  });

  test('a file that is deleted between listing and fetch is an error', async () => {
    share.before = (path, query) => {
      if (path === 'a/b/c' && query.get('comp') === null) share.files.delete('a/b/c');
    };
    await expect(fetchFrom(`${host}/share/a/b/`)).rejects.toThrow(/^Azure resource '.*\/a\/b\/c' not found/);
  });
});
