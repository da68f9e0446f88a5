import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { selfSignedCertificate, type ServerCertificate } from '../../controllers/runtime/self-signed-certificate';

const run = promisify(execFile);

/** The one user of repositories below `private/`. */
export const gitUser = { username: 'reader', password: 's3cret-pull' };

/** Takes an exchange over before git answers it; returns whether it has. */
export type GitIntercept = (incoming: IncomingMessage, response: ServerResponse) => boolean;

/** Repositories served by git itself, `git http-backend`, over TLS with an authority of its own. */
export interface GitServer {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** Its certificate, which is its own authority. */
  readonly identity: ServerCertificate;
  /** Requests: method, path and query, and the kind of credentials. */
  readonly requests: string[];
  /** Spoils exchanges until it is set to something else. */
  intercept: GitIntercept | undefined;
  /** Makes a repository with a commit of some files. @returns its work tree, for `git -C` */
  repository(name: string, files: Readonly<Record<string, string | Buffer>>): Promise<string>;
  /** Pushes what the work tree has committed. */
  publish(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Git without the settings of whoever runs the tests. */
const environment = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  GIT_TERMINAL_PROMPT: '0',
};

/** Runs git. @returns what it printed @throws with its errors */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', directory, ...args], { env: environment, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trimEnd();
}

/** Starts a server on localhost with no repositories. @param identity certificate of `localhost` @default one of its own */
export async function startGitServer(
  identity: ServerCertificate = selfSignedCertificate('localhost', Date.now()),
): Promise<GitServer> {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-git-server-'));
  const requests: string[] = [];
  const server = createServer({ ...identity }, (incoming, response) => {
    const [scheme, value = ''] = (incoming.headers.authorization ?? '').split(' ');
    requests.push(`${incoming.method} ${incoming.url}${scheme === '' ? '' : ` as ${userOf(value)}`}`);
    if (state.intercept?.(incoming, response) === true) return;
    if (incoming.url?.startsWith('/private/') === true && !isUser(value)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?');
      return;
    }
    answerWithGit(join(directory, 'served'), incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: GitServer = {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    identity,
    requests,
    intercept: undefined,
    async repository(name, files) {
      const [work, served] = [join(directory, 'work', name), join(directory, 'served', name)];
      for (const path of [work, served]) mkdirSync(path, { recursive: true });
      await git(served, 'init', '-q', '--bare', '--initial-branch=main');
      await git(work, 'init', '-q', '--initial-branch=main');
      await git(work, 'remote', 'add', 'origin', served);
      writeFiles(work, files);
      await git(work, 'add', '-A');
      await git(work, 'commit', '-q', '--allow-empty', '-m', 'first');
      await state.publish(name);
      return work;
    },
    async publish(name) {
      await git(join(directory, 'work', name), 'push', '-q', '--force', 'origin', 'HEAD');
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return state;
}

/** Writes files below a directory. */
export function writeFiles(directory: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}

function userOf(value: string): string {
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '';
}

function isUser(value: string): boolean {
  return Buffer.from(value, 'base64').toString('utf8') === `${gitUser.username}:${gitUser.password}`;
}

/** One exchange by CGI, as web servers run git: RFC 3875 as far as git needs it. */
function answerWithGit(root: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', headers, url = '/' } = incoming;
  const [path = '/', query = ''] = url.split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: method,
      PATH_INFO: decodeURIComponent(path),
      QUERY_STRING: query,
      CONTENT_TYPE: headers['content-type'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
      // Git's own settings have no say either about who owns a repository.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  incoming.pipe(child.stdin);
  response.on('close', () => child.kill());
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === undefined) {
      if (!response.write(chunk)) {
        child.stdout.pause();
        response.once('drain', () => child.stdout.resume());
      }
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const fields = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(/:\s*/, 2));
    const status = fields.find(([name]) => name?.toLowerCase() === 'status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(fields) as Record<string, string>);
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  child.stdout.on('end', () => response.end());
}
