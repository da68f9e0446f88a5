import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { serializeManifests } from '../../../charts-src/kubernetes/serialize';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { inTemporaryDirectory } from '../../cluster/temporary-directory';
import { claim, deployment, namespace, withImage } from './manifests';

const root = resolve(__dirname, '..', '..', '..');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(cwd: string, program: string, args: readonly string[]): Promise<Outcome> {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'Test'],
        [`GIT_${who}_EMAIL`, 'test@example.com'],
      ]),
    ),
  };
  return new Promise((done) => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}

/** A repository with the command's own folder below it, as `npm run diff` starts it. */
class Repository {
  constructor(readonly directory: string) {}

  diff(...args: string[]): Promise<Outcome> {
    const program = ['ts-node/dist/bin.js', '-T', join(root, 'charts-src/diff/main.ts')];
    const [bin = '', ...rest] = program;
    return run(this.directory, process.execPath, [join(root, 'node_modules', bin), ...rest, ...args]);
  }

  async commit(tag: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '--message', tag);
    await this.git('tag', tag);
  }

  async git(...args: string[]): Promise<void> {
    expect(await run(this.directory, 'git', args)).toMatchObject({ code: 0 });
  }

  async write(folder: string, ...manifests: Manifest[]): Promise<void> {
    const file = join(this.directory, 'dist', folder, `${folder.split('/').at(-1) ?? ''}.yaml`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, serializeManifests(manifests));
  }
}

async function inRepository(work: (repository: Repository) => Promise<void>): Promise<void> {
  await inTemporaryDirectory(async (directory) => {
    const repository = new Repository(directory);
    await repository.git('init', '--quiet');
    await repository.write('production/registry', namespace, claim, deployment);
    await repository.commit('v1');
    await work(repository);
  });
}

const imageChanged = withImage(deployment, 'example.com/server:2');

describe('npm run diff', () => {
  it('tells what the working tree would do to a cluster that runs a commit, and ends with 0 when nothing is forbidden', () =>
    inRepository(async (repository) => {
      expect(await repository.diff('v1')).toEqual({
        code: 0,
        stdout: 'v1 → working tree: no manifest differs\n',
        stderr: '',
      });
      await repository.write('production/registry', namespace, claim, imageChanged);
      const { code, stdout } = await repository.diff('v1');
      expect(code).toBe(0);
      expect(stdout).toBe(`v1 → working tree

rolling restart: pods are replaced one after another
  Deployment serving/server  [production/registry]
      spec.template.spec.containers[server].image: example.com/server:1 → example.com/server:2 (the pod template changes)

1 rolling restart
`);
      expect((await repository.diff()).stdout).toBe(stdout.replace('v1', 'HEAD'));
    }));

  it('ends with 2 when something is forbidden, and compares two commits whatever lies on disk', () =>
    inRepository(async (repository) => {
      await repository.write('production/registry', namespace, deployment);
      await repository.commit('v2');
      await rm(join(repository.directory, 'dist'), { recursive: true });
      const { code, stdout } = await repository.diff('--from', 'v1', '--to', 'v2');
      expect(code).toBe(2);
      expect(stdout).toContain('PersistentVolumeClaim serving/data removed  [production/registry]');
      expect(await repository.diff('--from', 'v2', '--to', 'v1')).toMatchObject({ code: 0 });
      const markdown = await repository.diff('v1', '--to', 'v2', '--markdown');
      expect(markdown.code).toBe(2);
      expect(markdown.stdout).toContain('### Manifests: `v1` → `v2`\n\n**1 forbidden**\n');
    }));

  it('takes everything for new where the commit has no manifests', () =>
    inRepository(async (repository) => {
      await repository.git('rm', '-r', '--quiet', 'dist');
      await repository.commit('empty');
      const { code, stderr } = await repository.diff('--from', 'v1', '--to', 'empty');
      expect({ code, stderr }).toEqual({ code: 2, stderr: 'diff: reading dist/ of empty: it holds no files\n' });
      const { stdout } = await repository.diff('--from', 'empty', '--to', 'v1');
      expect(stdout).toContain('3 in place');
    }));

  it('says what is wrong: an unknown commit, a missing dist/, a broken file, the command line', () =>
    inRepository(async (repository) => {
      expect(await repository.diff('v9')).toEqual({
        code: 2,
        stdout: '',
        stderr: 'diff: reading v9: git knows no such commit: fetch it, or check the spelling\n',
      });
      const wrong = await repository.diff('--form', 'v1');
      expect(wrong).toMatchObject({ code: 2, stdout: '' });
      expect(wrong.stderr).toContain("diff: Unknown option '--form'");
      expect(wrong.stderr).toContain('npm run diff [-- OPTIONS] [REF]');
      const two = await repository.diff('v1', 'v2');
      expect(two.code).toBe(2);
      expect(two.stderr).toContain('diff: one REF to compare with, got v1 and v2');

      await writeFile(join(repository.directory, 'dist/production/registry/registry.yaml'), 'kind: Namespace\n');
      const broken = await repository.diff('v1');
      expect(broken.code).toBe(1);
      expect(broken.stderr).toContain('diff: reading production/registry/registry.yaml of working tree: ');
      await rm(join(repository.directory, 'dist'), { recursive: true });
      expect(await repository.diff('v1')).toMatchObject({
        code: 2,
        stderr: "diff: reading dist/: it does not exist: run npm run synth, or go to the repository's root\n",
      });
    }));

  it('says so outside a repository', () =>
    inTemporaryDirectory(async (directory) => {
      const { code, stderr } = await new Repository(directory).diff('v1');
      expect(code).toBe(2);
      expect(stderr).toContain('diff: reading v1: fatal: not a git repository');
    }));
});
