import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../cluster/wait-for';
import { serveFile, startFileServer, type FileServer } from '../../storage-servers/file-server';
import { bundledProgram } from '../../program/bundled-program';
import { tarOf } from './archive/tar-bytes';
import { treeOf } from './fetched-tree';
import { namesIn, runInitializer, startInitializer, type InitializerEnd } from './initializer-program';

/** Ends and new beginnings of the init container, with the program as it is in the image. */
let program: string;
let removeProgram: () => Promise<void>;
let server: FileServer;
let root: string;
let destination: string;
/** Answers that are held back until the test lets them go on. */
let held: ServerResponse[];
/** Whether large files stop half-way. */
let stalls: boolean;

const MB = 1_000_000;
const large = Buffer.alloc(2 * MB, 'x');
const archive = tarOf({ name: 'first', body: 'first' }, { name: 'weights', body: large });
/** What SIGTERM may take: Kubernetes waits 30 s by default, a node that goes down often less. */
const promptlyMs = 2000;

beforeAll(async () => {
  ({ program, remove: removeProgram } = await bundledProgram());
  root = await mkdtemp(join(tmpdir(), 'slipway-signals-'));
  server = await startFileServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/busy')) {
      response.writeHead(503, { 'retry-after': '20' }).end();
      held.push(response);
    } else if (path.startsWith('/silent')) held.push(response);
    else if (path.startsWith('/small')) serveFile(request, response, { content: 'small' });
    else {
      const content = path.endsWith('.tar') ? archive : large;
      if (!stalls) return serveFile(request, response, { content });
      response.writeHead(200, { 'content-length': content.length, etag: '"1"' });
      response.write(content.subarray(0, MB), () => held.push(response));
    }
  });
}, 120_000);

afterAll(async () => {
  await Promise.all([server?.close(), removeProgram?.()]);
  if (root !== undefined) await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  [held, stalls] = [[], true];
  destination = join(await mkdtemp(join(root, 'run-')), 'models');
});

/** Ends a run by a signal when the server has answered as far as it does. */
async function interrupted(
  args: readonly string[],
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<InitializerEnd & { readonly tookMs: number }> {
  const { child, ended } = startInitializer(program, args, { S3_MAX_ATTEMPTS: '3' });
  await waitFor('the program to be in the middle of it', () => (held.length > 0 ? true : undefined));
  const began = performance.now();
  child.kill(signal);
  const end = await ended;
  return { ...end, tookMs: performance.now() - began };
}

describe('SIGTERM (SD-16)', () => {
  test.each([
    ['in the middle of a file', '/model.bin', 'model.bin'],
    ['in the middle of an archive', '/model.tar', 'weights'],
    ['before the first byte', '/silent.bin', undefined],
    ['while it waits to try again', '/busy.bin', undefined],
  ])('%s ends it with 143 at once, and nothing is left or published', async (_name, path, file) => {
    const end = await interrupted([`${server.url}${path}`, destination]);
    expect({ code: end.code, last: end.last }).toEqual({
      code: '143',
      last: 'Storage initialization failed: stopped by SIGTERM',
    });
    expect(end.tookMs).toBeLessThan(promptlyMs);
    expect(await namesIn(destination)).toEqual([]);
    if (file === undefined) return;
    stalls = false;
    expect(await runInitializer(program, [`${server.url}${path}`, destination])).toMatchObject({ code: '0' });
    expect(await treeOf(destination)).toMatchObject({ [file]: large.toString() });
  });

  test('while S3 does not answer ends it too', async () => {
    const { child, ended } = startInitializer(program, ['s3://silent/iris', destination], {
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret-nobody-may-see',
    });
    await waitFor('the listing to be asked for', () => (held.length > 0 ? true : undefined));
    const began = performance.now();
    child.kill('SIGTERM');
    const end = await ended;
    expect(performance.now() - began).toBeLessThan(promptlyMs);
    expect({ code: end.code, last: end.last }).toEqual({
      code: '143',
      last: 'Storage initialization failed: stopped by SIGTERM',
    });
    expect(end.output).not.toContain('secret-nobody-may-see');
    expect(await namesIn(destination)).toEqual([]);
  });

  test('leaves what earlier pairs have published, and begins no later one', async () => {
    const into = (name: string) => join(destination, name);
    const pairs = [`${server.url}/small.bin`, into('a'), `${server.url}/model.bin`, into('b')];
    const end = await interrupted([...pairs, `${server.url}/small.bin`, into('c')]);
    expect(end.code).toBe('143');
    expect(await namesIn(into('a'))).toEqual(['.slipway-fetched.json', 'small.bin']);
    expect(await namesIn(into('b'))).toEqual([]);
    expect(await namesIn(destination)).toEqual(['a', 'b']);
  });

  test('SIGINT, as a terminal sends it, ends it in the same way', async () => {
    const end = await interrupted([`${server.url}/model.bin`, destination], 'SIGINT');
    expect(end.code).toBe('143');
    expect(await namesIn(destination)).toEqual([]);
  });
});

test('SIGKILL leaves no file that is served, and the next run of the pod takes its place (SD-06)', async () => {
  const end = await interrupted([`${server.url}/model.bin`, destination], 'SIGKILL');
  expect(end.code).toBe('SIGKILL');
  expect(await namesIn(destination)).toEqual([expect.stringMatching(/^\.partial-/)]);
  stalls = false;
  expect(await runInitializer(program, [`${server.url}/model.bin`, destination])).toMatchObject({ code: '0' });
  expect(await namesIn(destination)).toEqual(['.slipway-fetched.json', 'model.bin']);
});

describe('a container that is started again after it has fetched (SD-06)', () => {
  const asked = () => server.seen.filter(({ url }) => url === '/small.bin').length;
  const fetchAs = (pod: string) => runInitializer(program, [`${server.url}/small.bin`, destination], { HOSTNAME: pod });

  test('asks nobody when it is of the same pod, and says so', async () => {
    expect(await fetchAs('pod-1')).toMatchObject({ code: '0' });
    const before = asked();
    const again = await fetchAs('pod-1');
    expect(again).toMatchObject({ code: '0' });
    expect(again.output).toContain(`${server.url}/small.bin was fetched to ${destination} before this container was`);
    expect(asked()).toBe(before);
  });

  test('fetches again when it is of another pod: the volume outlives them', async () => {
    expect(await fetchAs('pod-1')).toMatchObject({ code: '0' });
    const before = asked();
    expect(await fetchAs('pod-2')).toMatchObject({ code: '0' });
    expect(asked()).toBeGreaterThan(before);
    expect(await treeOf(destination)).toEqual({ 'small.bin': 'small' });
  });

  test('fetches again when it is asked for something else', async () => {
    expect(await fetchAs('pod-1')).toMatchObject({ code: '0' });
    const other = await runInitializer(program, [`${server.url}/small-other.bin`, destination], { HOSTNAME: 'pod-1' });
    expect(other).toMatchObject({ code: '0' });
    expect(await treeOf(destination)).toEqual({ 'small.bin': 'small', 'small-other.bin': 'small' });
  });
});
