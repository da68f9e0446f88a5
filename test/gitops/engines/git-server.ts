import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const repositoryName = 'slipway.git';

/** Whoever runs the test has a configuration of git; nothing here depends on it. */
const gitEnvironment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: directory, env: gitEnvironment });
  return stdout.trim();
}

/** A commit of the repository's branch `main`. */
export interface Commit {
  readonly sha: string;
  /** A clone of its own, made through the server, with this commit checked out. */
  readonly checkout: string;
}

/** A git repository with one branch, `main`, served read-only over HTTP on loopback. */
export class GitServer {
  private readonly server: Server;

  private constructor(private readonly directory: string) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Starts with an empty repository. Removes everything with {@link GitServer.stop}. */
  static async start(): Promise<GitServer> {
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'slipway-git-'));
    const started = new GitServer(directory);
    await mkdir(started.worktree);
    await git(directory, 'init', '-q', '--bare', '-b', 'main', repositoryName);
    await git(started.worktree, 'init', '-q', '-b', 'main');
    await new Promise<void>((resolve, reject) => {
      started.server.once('error', reject);
      started.server.listen(0, '127.0.0.1', resolve);
    });
    return started;
  }

  /** `http://127.0.0.1:PORT/slipway.git` */
  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the git server has no port');
    return `http://127.0.0.1:${address.port}/${repositoryName}`;
  }

  /** Copies a folder of this machine into the working tree, without committing it. */
  async add(from: string, to: string): Promise<void> {
    await cp(from, join(this.worktree, to), { recursive: true });
  }

  /** Changes the working tree, commits all of it and pushes. */
  async commit(message: string, change: (worktree: string) => Promise<void>): Promise<Commit> {
    await change(this.worktree);
    await git(this.worktree, 'add', '--all');
    await git(this.worktree, 'commit', '-q', '-m', message);
    await git(this.worktree, 'push', '-q', join(this.directory, repositoryName), 'main');
    const sha = await git(this.worktree, 'rev-parse', 'HEAD');
    const checkout = join(this.directory, `checkout-${sha}`);
    await git(this.directory, 'clone', '-q', this.url, checkout);
    return { sha, checkout };
  }

  /** Ends the server and removes repository and checkouts. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.directory, { recursive: true, force: true });
  }

  private get worktree(): string {
    return join(this.directory, 'worktree');
  }

  /** The two requests of git's smart HTTP protocol that a clone or a fetch makes. */
  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url } = request;
    const protocol = String(request.headers['git-protocol'] ?? '');
    if (method === 'GET' && url === `/${repositoryName}/info/refs?service=git-upload-pack`) {
      response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
      response.write('001e# service=git-upload-pack\n0000');
      this.uploadPack(['--advertise-refs'], protocol, response).stdin.end();
    } else if (method === 'POST' && url === `/${repositoryName}/git-upload-pack`) {
      response.setHeader('content-type', 'application/x-git-upload-pack-result');
      request.pipe(this.uploadPack([], protocol, response).stdin);
    } else {
      response.writeHead(404).end();
    }
  }

  private uploadPack(flags: readonly string[], protocol: string, response: ServerResponse) {
    const args = ['upload-pack', '--stateless-rpc', ...flags, join(this.directory, repositoryName)];
    const child = spawn('git', args, {
      env: { ...gitEnvironment, GIT_PROTOCOL: protocol },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    // A client that has what it wants goes away in the middle.
    child.stdin.on('error', () => undefined);
    child.on('error', () => response.destroy());
    child.stdout.pipe(response);
    return child;
  }
}
