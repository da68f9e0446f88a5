import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrphanGuard } from '../cluster/orphan-guard';
import { waitFor } from '../cluster/wait-for';
import { ModelFetch, modelsIn, type FetchEnd } from './model-fetch';

let root: string;
let guard: OrphanGuard;
let fetch: ModelFetch | undefined;
let models: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-model-fetch-'));
  guard = new OrphanGuard(root);
  models = modelsIn(join(root, 'pod'));
});

afterEach(async () => {
  await fetch?.stop();
  fetch = undefined;
  await guard.release();
  await rm(root, { recursive: true, force: true });
});

/** A container whose program is a script, and how its runs end. */
async function startWith(script: string): Promise<{ readonly fetch: ModelFetch; readonly ends: Promise<FetchEnd[]> }> {
  const program = join(root, 'program.cjs');
  await writeFile(program, script);
  const started = new ModelFetch({
    command: [process.execPath, program, 'model-registry://iris/v1', models],
    env: { FROM: 'the pod' },
    directory: join(root, 'pod'),
    guard,
  });
  fetch = started;
  return { fetch: started, ends: Array.fromAsync(started.ends()) };
}

describe('the stand-in for a pod with an init container', () => {
  it('gives the program its arguments, and its variables with a temporary directory of its own', async () => {
    const started = await startWith(`
      const { writeFileSync } = require('node:fs');
      const [uri, directory] = process.argv.slice(2);
      writeFileSync(directory + '/seen', [uri, process.env.FROM, process.env.TMPDIR].join(' '));
    `);
    expect(started.fetch.view.state).toBe('starting');
    expect(await started.ends).toEqual([{ exitCode: 0, lastLine: '' }]);
    expect(started.fetch.view.state).toBe('fetched');
    expect(await readFile(join(models, 'seen'), 'utf8')).toBe(
      `model-registry://iris/v1 the pod ${join(root, 'pod', 'tmp')}`,
    );
  });

  it('starts a container again that fails, with the same volume, and tells code and last line of each run', async () => {
    const { ends } = await startWith(`
      const { existsSync, writeFileSync } = require('node:fs');
      const first = process.argv[3] + '/first';
      if (existsSync(first)) process.exit(0);
      writeFileSync(first, '');
      console.error('begun');
      console.error('Storage initialization failed: no');
      process.exit(3);
    `);
    expect(await ends).toEqual([
      { exitCode: 3, lastLine: 'Storage initialization failed: no' },
      { exitCode: 0, lastLine: '' },
    ]);
    expect(await readdir(models)).toEqual(['first']);
  });

  it('ends the process and removes its files when the pod is gone, and starts nothing again', async () => {
    const started = await startWith(`
      require('node:fs').writeFileSync(process.argv[3] + '/pid', String(process.pid));
      setInterval(() => undefined, 1000);
    `);
    const pid = await waitFor('the process', async () => {
      const text = await readFile(join(models, 'pid'), 'utf8').catch(() => '');
      return Number(text) || undefined;
    });
    await started.fetch.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect((await readdir(root)).sort()).toEqual(['program.cjs']);
    expect(await started.ends).toEqual([]);
  });
});
