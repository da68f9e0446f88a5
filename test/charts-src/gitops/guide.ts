import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '..', '..', '..');

/** Blocks of a guide in one language, as a reader would copy them. */
export async function guideBlocks(guide: string, language: 'sh' | 'yaml' | 'ts'): Promise<readonly string[]> {
  const text = await readFile(join(root, 'docs', 'guides', `${guide}.md`), 'utf8');
  const blocks = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\`$`, 'gms'));
  return [...blocks].map(([, indent = '', content = '']) => content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

/** A machine on which a reader follows a guide. */
export interface Reader {
  /** Empty when the guide begins. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** How following a guide went. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs every command of a guide in one shell that stops at the first failure. */
export async function follow(guide: string, { directory, environment }: Reader): Promise<Outcome> {
  const script = (await guideBlocks(guide, 'sh')).join('\n');
  return run('sh', ['-eu', '-c', script], directory, environment);
}

/**
 * A reader with an empty directory, kubectl for a cluster, and the repository of the guides: this source tree as the one commit of a
 * Git repository. Programs that can't be had where tests run are stood in for: `npm ci` links the packages that are installed
 * here; docker and flux write down what they were asked, and fail when a folder or file of it is not there.
 */
export async function reader(home: string, kubectl: string, kubeconfig: string): Promise<Reader> {
  const [directory, programs, source] = ['work', 'bin', 'source'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [directory, programs, source]) await mkdir(folder);
  for (const name of ['charts-src', 'definitions', 'imports', 'dist', 'package.json', 'tsconfig.json']) {
    await cp(join(root, name), join(source, name), { recursive: true });
  }
  await symlink(kubectl, join(programs, 'kubectl'));
  await symlink(process.execPath, join(programs, 'node'));
  await program(programs, 'npm', `test "$*" = ci && ln -s '${join(root, 'node_modules')}' node_modules`);
  await program(programs, 'docker', `echo "docker $*" >> '${join(home, 'calls')}'\n${pathsExist}`);
  await program(programs, 'flux', `echo "flux $*" >> '${join(home, 'calls')}'\n${pathsExist}`);
  const environment = {
    PATH: `${programs}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    KUBECONFIG: kubeconfig,
    // The address that stands in the guides is this repository.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${source}/.git.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://git.example.com/platform/slipway.git',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '--all'],
    [...author, 'commit', '--quiet', '-m', 'all'],
  ]) {
    const { code, stderr } = await run('git', args, source, environment);
    if (code !== 0) throw new Error(`making the repository of the guides: git ${args.join(' ')}: ${stderr}`);
  }
  return { directory, environment };
}

/** What stand-ins were asked, one command a line. */
export async function callsOf({ directory }: Reader): Promise<readonly string[]> {
  return (await readFile(join(dirname(directory), 'calls'), 'utf8')).trim().split('\n');
}

/** Every `--path=X`, `--file X` and folder below build/ has to be there. */
const pathsExist = `previous=
for word in "$@"; do
  case "$word" in --path=*) test -d "\${word#--path=}";; build/*) test -d "$word";; esac
  case "$previous" in --file) test -f "$word";; esac
  previous="$word"
done`;

async function program(folder: string, name: string, body: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\nset -eu\n${body}\n`);
  await chmod(path, 0o755);
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((done) => {
    execFile(command, args, { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
    });
  });
}
