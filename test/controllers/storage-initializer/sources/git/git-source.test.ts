import { randomBytes } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenSource } from '../../../../../controllers/storage-initializer/source';
import { openGit } from '../../../../../controllers/storage-initializer/sources/git/git-source';
import { git, gitUser, startGitServer, writeFiles, type GitServer } from '../../../../storage-servers/git-server';
import { fetched, fetchedInto, type FetchOptions, type Fetched } from '../../fetched-tree';

let server: GitServer;
let directory: string;

beforeAll(async () => {
  server = await startGitServer();
  directory = mkdtempSync(join(tmpdir(), 'slipway-git-source-'));
});
beforeEach(() => {
  server.intercept = undefined;
  server.requests.length = 0;
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A source that trusts the server, as one does that has its authority in a bundle. */
const openTrusting: OpenSource = (uri, context) =>
  openGit(uri, { ...context, http: context.http.with({ ca: [server.identity.cert] }) });

/** The files of the work tree. */
async function workTree(uri: string, options?: FetchOptions): Promise<Fetched['files']> {
  return withoutGit(await fetched(openTrusting, uri, options));
}

function withoutGit({ files }: Fetched): Fetched['files'] {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith('.git/')));
}

/** Fetches into a directory of its own that stays. */
async function cloned(uri: string): Promise<{ clone: string; log: readonly string[] }> {
  const clone = mkdtempSync(join(directory, 'clone-'));
  const { log } = await fetchedInto(clone, openTrusting, uri);
  rmSync(join(clone, '.slipway-fetched.json'));
  return { clone, log };
}

const files = { 'model.bin': 'weights', 'a/config.json': '{}', 'a/b/empty': '' };
const basic = ({ username, password } = gitUser) => ({ GIT_USERNAME: username, GIT_PASSWORD: password });

beforeAll(() => server.repository('plain.git', files));

describe('a repository', () => {
  test('the files of its default branch are fetched: Git plain', async () => {
    expect(await workTree(`${server.url}/plain.git`)).toEqual(files);
    expect(await workTree(`${server.url}/plain.git/?x=1#y`)).toEqual(files);
  });

  test('what is there then is a shallow clone that git itself finds nothing wrong with', async () => {
    const work = await server.repository('clone.git', files);
    writeFiles(work, { 'model.bin': 'newer', 'run.sh': '#!/bin/sh' });
    symlinkSync('a/config.json', join(work, 'link'));
    await git(work, 'add', '-A');
    await git(work, 'update-index', '--chmod=+x', 'run.sh');
    await git(work, 'commit', '-q', '-m', 'second');
    await server.publish('clone.git');
    const { clone } = await cloned(`${server.url}/clone.git`);
    expect(await git(clone, 'status', '--porcelain')).toBe('');
    expect(await git(clone, 'fsck', '--strict', '--full')).toBe('');
    expect(await git(clone, 'log', '--format=%H %s', 'HEAD')).toBe(`${await git(work, 'rev-parse', 'HEAD')} second`);
    expect(await git(clone, 'rev-parse', '--is-shallow-repository')).toBe('true');
    expect(await git(clone, 'rev-parse', '--abbrev-ref', 'HEAD', 'origin/HEAD')).toBe('main\norigin/main');
    expect(await git(clone, 'remote', 'get-url', 'origin')).toBe(`${server.url}/clone.git`);
    expect(lstatSync(join(clone, 'run.sh')).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(clone, 'model.bin')).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(clone, 'link'), 'utf8')).toBe('{}');
  });

  test('the default branch is the one that HEAD names, and its name may have a slash', async () => {
    const work = await server.repository('branch.git', files);
    await git(work, 'checkout', '-q', '-b', 'release/v1');
    writeFiles(work, { 'model.bin': 'release' });
    await git(work, 'commit', '-q', '-a', '-m', 'release');
    await server.publish('branch.git');
    const served = await git(work, 'remote', 'get-url', 'origin');
    await git(served, 'symbolic-ref', 'HEAD', 'refs/heads/release/v1');
    const { clone } = await cloned(`${server.url}/branch.git`);
    expect(readFileSync(join(clone, 'model.bin'), 'utf8')).toBe('release');
    expect(await git(clone, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('release/v1');
    await git(served, 'update-ref', '--no-deref', 'HEAD', await git(work, 'rev-parse', 'main'));
    const detached = await cloned(`${server.url}/branch.git`);
    expect(readFileSync(join(detached.clone, 'model.bin'), 'utf8')).toBe('weights');
    expect(await git(detached.clone, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
  });

  test('objects that the server sends as deltas are made again, small and large ones', async () => {
    // Six versions of a file that is larger than what is kept in memory, and of a small one: git packs them as chains of deltas.
    const large = randomBytes(1_200_000);
    const work = await server.repository('deltas.git', { 'large-0': large });
    for (let version = 1; version < 6; version += 1) {
      large.write(`version ${version}`, version * 200_000);
      const small = 'a line of text\n'.repeat(2000) + version;
      writeFiles(work, { [`large-${version}`]: large, [`small-${version}`]: small });
    }
    await git(work, 'add', '-A');
    await git(work, 'commit', '-q', '-m', 'versions');
    await server.publish('deltas.git');
    const served = await git(work, 'remote', 'get-url', 'origin');
    await git(served, 'repack', '-q', '-a', '-d', '-f', '--depth=20', '--window=10');
    const { clone } = await cloned(`${server.url}/deltas.git`);
    expect(await git(clone, 'fsck', '--full')).toBe('');
    expect(await git(clone, 'status', '--porcelain')).toBe('');
    for (const name of readdirSync(work).filter((one) => one !== '.git')) {
      expect(readFileSync(join(clone, name)).equals(readFileSync(join(work, name)))).toBe(true);
    }
    const packs = readdirSync(join(clone, '.git/objects/pack'));
    expect(packs.map((name) => name.replace(/-[0-9a-f]{40}/, '')).sort()).toEqual(['pack.idx', 'pack.pack']);
    const chains = await git(clone, 'verify-pack', '-s', join(clone, '.git/objects/pack', packs[0] ?? ''));
    expect(chains).toMatch(/chain length = [4-9]:/);
  });

  test('a repository without commits is an error that says so', async () => {
    const work = await server.repository('empty.git', {});
    await git(await git(work, 'remote', 'get-url', 'origin'), 'update-ref', '-d', 'refs/heads/main');
    await expect(fetched(openTrusting, `${server.url}/empty.git`)).rejects.toThrow(
      `Git error: ${server.url}/empty.git: the repository is empty or has no default branch`,
    );
  });

  test('pointers of Git LFS are fetched as they are, with a warning', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 2147483648\n`;
    await server.repository('lfs.git', { 'model.bin': pointer, 'config.json': '{}' });
    const { files: all, log } = await fetched(openTrusting, `${server.url}/lfs.git`);
    expect(all['model.bin']).toBe(pointer);
    expect(log).toContainEqual(
      expect.stringContaining(
        'WARNING ' +
          `${server.url}/lfs.git: Git LFS is not fetched, 1 file is only a pointer: model.bin (2147483648 bytes)`,
      ),
    );
  });

  test('a submodule stays an empty directory, with a warning', async () => {
    const work = await server.repository('super.git', { 'model.bin': 'weights' });
    await git(work, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},parts`);
    await git(work, 'commit', '-q', '-m', 'submodule');
    await server.publish('super.git');
    const { clone, log } = await cloned(`${server.url}/super.git`);
    expect(readdirSync(clone).sort()).toEqual(['.git', 'model.bin', 'parts']);
    expect(readdirSync(join(clone, 'parts'))).toEqual([]);
    expect(log.join('\n')).toContain('submodules are not fetched, 1 directory is empty: parts');
  });
});

describe('who asks', () => {
  beforeAll(() => server.repository('private/model.git', files));

  test('user and password come from the environment: Git user and password from the environment', async () => {
    expect(await workTree(`${server.url}/private/model.git`, { environment: basic() })).toEqual(files);
    expect(server.requests.map((request) => request.split(' as ')[1])).toEqual([undefined, 'reader', 'reader']);
  });

  test('the user of the URI is kept as user and removed from the URL: Git user in URI (SD-12)', async () => {
    const uri = `${server.url.replace('//', '//reader@')}/private/model.git`;
    const environment = { GIT_USERNAME: 'other', GIT_PASSWORD: gitUser.password };
    const { files: all, log } = await fetched(openTrusting, uri, { environment });
    expect(all).toMatchObject(files);
    expect(all['.git/config']).toContain(`url = ${server.url}/private/model.git\n`);
    expect(Object.values(all).join('\n') + log.join('\n')).not.toMatch(/reader|s3cret/);
  });

  test('a password in the URI is ignored, warned of and nowhere to be read (SD-12)', async () => {
    const uri = `${server.url.replace('//', `//reader:${gitUser.password}@`)}/private/model.git`;
    const lines: string[] = [];
    const opened: OpenSource = (text, context) =>
      openTrusting(text, { ...context, log: { ...context.log, warn: (line) => void lines.push(line) } });
    const failure = await fetched(opened, uri).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: 'credentials' });
    expect(lines).toEqual([`${server.url}/private/model.git: the password in the URI is ignored, set GIT_PASSWORD`]);
    expect(String(failure) + lines.join()).not.toContain(gitUser.password);
  });

  test.each([
    ['nobody', {}],
    ['a wrong password', basic({ username: 'reader', password: 'wr0ng' })],
  ])('%s at a private repository is an authentication failure: Git authentication', async (_, environment) => {
    const uri = `${server.url}/private/model.git`;
    const failure = await fetched(openTrusting, uri, { environment }).catch((error: unknown) => error);
    expect(String(failure)).toMatch(
      /^StorageError: Git authentication failed\. Set GIT_USERNAME\/GIT_PASSWORD or use a public repository\. \(/,
    );
    expect(String(failure)).not.toContain('wr0ng');
  });

  test('a redirect to another host gets no credentials, and fetches from there', async () => {
    const elsewhere = await startGitServer(server.identity);
    try {
      await elsewhere.repository('moved.git', files);
      server.intercept = (incoming, response) => {
        if (incoming.headers.authorization === undefined) return false;
        const location = `${elsewhere.url}/moved.git/info/refs?service=git-upload-pack`;
        response.writeHead(302, { location }).end();
        return true;
      };
      const all = await fetched(openTrusting, `${server.url}/private/model.git`, { environment: basic() });
      expect(withoutGit(all)).toEqual(files);
      expect(elsewhere.requests).toEqual([
        'GET /moved.git/info/refs?service=git-upload-pack',
        'POST /moved.git/git-upload-pack',
      ]);
    } finally {
      await elsewhere.close();
    }
  });
});

describe('bad days', () => {
  test('a missing repository is not found: Git not found', async () => {
    const uri = `${server.url}/missing.git`;
    await expect(fetched(openTrusting, uri)).rejects.toThrow(`Git resource '${uri}' not found. (`);
  });

  test('an authority that is not trusted and a server that is not there can not be connected to: Git other', async () => {
    await expect(fetched(openGit, `${server.url}/plain.git`)).rejects.toThrow(
      /^Failed to connect to Git endpoint 'https:\/\/localhost:\d+\/plain.git'\. \(self-signed certificate/,
    );
    await expect(fetched(openGit, 'https://localhost:1/plain.git')).rejects.toThrow(/ECONNREFUSED/);
  });

  test.each([
    ['a page', 200, '<html>sign in</html>', 'the server does not speak the smart HTTP protocol of git'],
    ['an error in words', 200, '001e# service=git-upload-pack\n0000000fERR go away', 'go away'],
    ['403', 403, '', 'Access denied to Git resource'],
    ['418', 418, '', 'answered 418'],
  ])('%s for an answer is an error that says so: Git other', async (_, status, body, message) => {
    server.intercept = (incoming, response) => {
      response.writeHead(status).end(body);
      return true;
    };
    await expect(fetched(openTrusting, `${server.url}/spoiled.git`)).rejects.toThrow(message);
  });

  test('503s and a pack that breaks off are tried again, and what arrives is whole (SD-07)', async () => {
    const content = randomBytes(300_000);
    const work = await server.repository('flaky.git', { 'model.bin': content });
    let failures = 0;
    server.intercept = (incoming, response) => {
      failures += 1;
      if (failures === 1) response.writeHead(503).end();
      else if (failures === 3) {
        response.writeHead(200, { 'content-length': '100000' });
        response.write('0000', () => incoming.socket.destroy());
      } else return false;
      return true;
    };
    const { clone, log } = await cloned(`${server.url}/flaky.git`);
    expect(readFileSync(join(clone, 'model.bin')).equals(content)).toBe(true);
    expect(await git(clone, 'rev-parse', 'HEAD')).toBe(await git(work, 'rev-parse', 'HEAD'));
    expect(log.filter((line) => line.includes('trying again'))).toHaveLength(1);
  });

  test('a pack with a wrong byte is noticed, and nothing of it is published (SD-06)', async () => {
    server.intercept = (incoming, response) => {
      if (incoming.method !== 'POST') return false;
      const line = (bytes: Buffer) =>
        Buffer.concat([Buffer.from((bytes.length + 5).toString(16).padStart(4, '0') + '\u0001'), bytes]);
      const pack = Buffer.concat([Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1'), Buffer.alloc(20)]);
      response.end(Buffer.concat([Buffer.from('00000008NAK\n'), line(pack), Buffer.from('0000')]));
      return true;
    };
    await expect(fetched(openTrusting, `${server.url}/plain.git`)).rejects.toThrow(
      'Git error: the pack of the server is broken: its checksum is wrong',
    );
  });
});

describe('names that are refused (SD-03)', () => {
  let served: string;
  let ids: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const work = await server.repository('hostile.git', {
      'a/model.bin': 'weights',
      out: '../../outside',
      inside: 'a',
    });
    served = await git(work, 'remote', 'get-url', 'origin');
    const [out = '', inside = '', a = ''] = (await git(work, 'rev-parse', 'HEAD:out', 'HEAD:inside', 'HEAD:a')).split(
      '\n',
    );
    ids = { out, '120000 a': inside, '40000 a': a };
  });

  /** Serves a commit with a tree that git itself would not make. */
  async function hostile(entries: readonly string[]): Promise<string> {
    const records = entries.map((entry) =>
      Buffer.concat([Buffer.from(`${entry}\0`), Buffer.from(ids[entry] ?? ids['out'] ?? '', 'hex')]),
    );
    writeFiles(directory, { tree: Buffer.concat(records) });
    const tree = await git(served, 'hash-object', '-t', 'tree', '-w', '--literally', join(directory, 'tree'));
    const commit = await git(served, 'commit-tree', tree, '-m', 'hostile');
    await git(served, 'update-ref', 'refs/heads/main', commit);
    return `${server.url}/hostile.git`;
  }

  test.each([
    ['..', '100644 ..', 'it leaves the destination'],
    ['a separator', '100644 a/../../b', 'it has a separator in it'],
    ['an absolute one', '100644 /etc/passwd', 'it has a separator in it'],
    ['a backslash', '100644 a\\b', 'it has a separator in it'],
    ['.git', '100644 .git', "it is git's own directory"],
    ['.git in capitals', '100644 .GIT', "it is git's own directory"],
    ['.git with what Apple passes over', '100644 .g\u200cit', "it is git's own directory"],
    ['.git as Windows shortens it', '100644 git~1', "it is git's own directory"],
    ['a link out', '120000 link', 'is outside'],
    ['an empty one', '100644 ', ''],
  ])('%s', async (_, entry, why) => {
    await expect(fetched(openTrusting, await hostile([entry]))).rejects.toThrow(why);
  });

  test.each([
    ['a file twice', ['100644 a', '100644 a']],
    ['a link and a directory with files below it', ['120000 a', '40000 a']],
    ['the same the other way round', ['40000 a', '120000 a']],
  ])('%s', async (_, entries) => {
    await expect(fetched(openTrusting, await hostile(entries))).rejects.toThrow('is there twice');
  });
});
