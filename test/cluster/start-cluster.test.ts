import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { startCluster } from './start-cluster';
import { inTemporaryDirectory } from './temporary-directory';
import { TestCluster } from './test-cluster';
import { waitFor } from './wait-for';

const environment = { ...process.env };

afterEach(() => {
  process.env = { ...environment };
});

/** A process that was killed but not yet reaped by its new parent does not run any more. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !readFileSync(stat, 'utf8').includes(') Z ');
}

/** A program that starts a cluster, prints what it started, and would never stop it. */
const forgetful = `
  require(${JSON.stringify(join(__dirname, 'start-cluster.ts'))}).startCluster().then(({ pids, directory }) => {
    console.log(JSON.stringify({ pids, directory }));
    setInterval(() => undefined, 60000);
  });
`;

describe('a cluster', () => {
  it('without controllers is there until it is stopped, and then nothing of it is left', async () => {
    const running = await startCluster();
    try {
      const access = new TestCluster(running);
      expect((await access.request('GET', '/readyz')).status).toBe(200);
      await access.namespace('plain');
      await access.close();
      expect(running.pids.filter(runs)).toHaveLength(2);
    } finally {
      await running.stop();
    }
    expect(running.pids.filter(runs)).toEqual([]);
    expect(existsSync(running.directory)).toBe(false);
    await expect(fetch(running.url)).rejects.toThrow();
  });

  it('keeps its address and its objects when its API server is started again', async () => {
    const running = await startCluster({ audit: 'off' });
    try {
      const access = new TestCluster(running);
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: await access.namespace('kept') } };
      const { metadata } = await access.get(namespace);
      await running.restartApiServer();
      expect((await access.get(namespace)).metadata).toEqual(metadata);
      await access.close();
    } finally {
      await running.stop();
    }
  });

  it('without an audit log says so to who wants to read it', async () => {
    const running = await startCluster({ audit: 'off' });
    try {
      const access = new TestCluster(running);
      expect(() => access.audit).toThrow('started without one');
      await access.close();
    } finally {
      await running.stop();
    }
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('does not outlive a process that ends by %s', async (signal) => {
    const owner = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', forgetful], {
      cwd: resolve(__dirname, '..', '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const { pids, directory } = await firstLine(owner);
      expect(pids.filter(runs)).toHaveLength(2);
      owner.kill(signal);
      await waitFor('the servers to be gone', () => pids.filter(runs).length === 0);
      await waitFor('the files to be gone', () => !existsSync(directory));
    } finally {
      owner.kill('SIGKILL');
    }
  });

  it('that does not start says which server ended and what it said, and leaves nothing', () =>
    inTemporaryDirectory(async (directory) => {
      process.env['KUBEBUILDER_ASSETS'] = directory;
      await writeFile(join(directory, 'etcd'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
      await writeFile(
        join(directory, 'kube-apiserver'),
        `#!/bin/sh\necho "$@" > ${directory}/flags\necho unknown flag\nexit 3\n`,
        { mode: 0o755 },
      );
      await expect(startCluster()).rejects.toThrow(
        'starting kube-apiserver of the test cluster: ended with exit code 3; its last lines:\nunknown flag',
      );
      const [, used = ''] = /--cert-dir=(\S+)/.exec(await readFile(join(directory, 'flags'), 'utf8')) ?? [];
      expect(used).toContain('slipway-cluster-');
      expect(existsSync(used)).toBe(false);
    }));
});

const startedSchema = z.object({ pids: z.array(z.number()), directory: z.string() });

async function firstLine(program: ChildProcess): Promise<z.infer<typeof startedSchema>> {
  let output = '';
  program.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const line = await waitFor('the program to have started a cluster', () => output.includes('\n') && output, {
    timeout: 90_000,
  });
  return startedSchema.parse(JSON.parse(line));
}
