import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrphanGuard } from '../cluster/orphan-guard';
import { waitFor } from '../cluster/wait-for';
import { ModelFetch } from './model-fetch';

let root: string;
let guard: OrphanGuard;
let fetch: ModelFetch | undefined;
const failures: string[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-model-fetch-'));
  guard = new OrphanGuard(root);
  failures.length = 0;
});

afterEach(async () => {
  await fetch?.stop();
  fetch = undefined;
  await guard.release();
  await rm(root, { recursive: true, force: true });
});

/** Starts a container whose program is a script. */
async function startWith(script: string): Promise<ModelFetch> {
  const program = join(root, 'program.cjs');
  await writeFile(program, script);
  fetch = new ModelFetch({
    command: [process.execPath, program],
    env: { FROM: 'the pod' },
    uri: 'model-registry://iris/v1',
    directory: join(root, 'pod'),
    guard,
    onFailure: (line) => failures.push(line),
  });
  await fetch.start();
  return fetch;
}

describe('the stand-in for a pod with an init container', () => {
  it('gives the program URI and volume, and its variables with a temporary directory of its own', async () => {
    const { models, view } = await startWith(`
      const { writeFileSync } = require('node:fs');
      const [uri, directory] = process.argv.slice(2);
      writeFileSync(directory + '/seen', [uri, process.env.FROM, process.env.TMPDIR].join(' '));
    `);
    expect(view.state).toBe('starting');
    await waitFor('the fetch', () => fetch?.view.state === 'fetched');
    expect(await readFile(join(models, 'seen'), 'utf8')).toBe(
      `model-registry://iris/v1 the pod ${join(root, 'pod', 'tmp')}`,
    );
  });

  it('starts a container again that fails, with the same volume, and tells its last line', async () => {
    const { models } = await startWith(`
      const { existsSync, writeFileSync } = require('node:fs');
      const first = process.argv[3] + '/first';
      if (existsSync(first)) process.exit(0);
      writeFileSync(first, '');
      console.error('begun');
      console.error('Storage initialization failed: no');
      process.exit(1);
    `);
    await waitFor('the failure', () => fetch?.view.state === 'failed, to be started again');
    await waitFor('the second run', () => fetch?.view.state === 'fetched');
    expect(failures).toEqual(['Storage initialization failed: no']);
    expect(await readdir(models)).toEqual(['first']);
  });

  it('ends the process and removes its files when the pod is gone, and starts nothing again', async () => {
    const { models } = await startWith(`
      require('node:fs').writeFileSync(process.argv[3] + '/pid', String(process.pid));
      setInterval(() => undefined, 1000);
    `);
    const pid = await waitFor(
      'the process',
      async () => Number(await readFile(join(models, 'pid'), 'utf8')) || undefined,
    );
    await fetch?.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect((await readdir(root)).sort()).toEqual(['program.cjs']);
    expect(failures).toEqual([]);
  });
});
