import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startModelServer, type ModelServer } from './model-server';

describe('the double of a model server', () => {
  let server: ModelServer;
  beforeAll(async () => (server = await startModelServer()));
  afterAll(async () => server.close());

  async function post(path: string, body: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  }

  it('tells the tensors of a model', async () => {
    const answer = await fetch(`${server.url}/v2/models/granite-timeseries-ttm-r2`);
    expect(await answer.json()).toMatchObject({
      inputs: [{ name: 'past_values', datatype: 'FP32', shape: [-1, 512, 1] }],
      outputs: [{ name: 'forecast_output', datatype: 'FP32', shape: [-1, 96, 1] }],
    });
  });

  it.each(['/v2/health/live', '/v2/health/ready', '/v2/models/sklearn-iris/ready', '/v1/models/sklearn-iris'])(
    'is ready at %s',
    async (path) => {
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    },
  );

  it('refuses other names, shapes and numbers of values than those of the model', async () => {
    const path = '/v2/models/granite-timeseries-ttm-r2/infer';
    const input = { name: 'past_values', datatype: 'FP32', shape: [1, 512, 1], data: Array<number>(512).fill(1) };
    expect(await post(path, { inputs: [input] })).toMatchObject({ status: 200 });
    expect(await post(path, { inputs: [{ ...input, name: 'x' }] })).toMatchObject({ status: 400 });
    expect(await post(path, { inputs: [{ ...input, shape: [1, 512] }] })).toMatchObject({ status: 400 });
    expect(await post(path, { inputs: [{ ...input, data: [1] }] })).toMatchObject({ status: 400 });
    expect(await post('/v2/models/none/infer', {})).toMatchObject({ status: 404 });
  });

  it('has faults for the next calls, and then none', async () => {
    server.inject({ kind: 'status', status: 500, body: '{}' });
    const instances = [[5.1, 3.5, 1.4, 0.2]];
    expect((await post('/v1/models/sklearn-iris:predict', { instances })).status).toBe(500);
    expect((await post('/v1/models/sklearn-iris:predict', { instances })).body).toEqual({ predictions: [0] });
  });

  it('runs as a process of its own that prints its URL', async () => {
    const program = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', join(__dirname, 'main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(createInterface(program.stdout), 'line')) as [string];
    expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
    program.kill('SIGTERM');
    expect(await once(program, 'exit')).toEqual([0, null]);
  });
});
