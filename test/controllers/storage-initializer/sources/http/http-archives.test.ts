import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledProgram } from '../../../../program/bundled-program';
import { runToEnd } from '../../../registry-sync/controller-process';
import { inTemporaryDirectory } from '../../../../cluster/temporary-directory';
import { serveFile, startFileServer, type FileServer } from '../../../../storage-servers/file-server';
import { treeOf } from '../../fetched-tree';

/** The bundled program: what unpacks is loaded when it is needed, which only works there. */
let program: string;
let remove: (() => Promise<void>) | undefined;
let server: FileServer;
let content: Buffer;
let type: string;

beforeAll(async () => {
  ({ program, remove } = await bundledProgram());
  server = await startFileServer((request, response) =>
    serveFile(request, response, { content, headers: { 'content-type': type } }),
  );
  content = await inTemporaryDirectory(async (directory) => {
    await writeFile(join(directory, 'weights.bin'), 'weights');
    execFileSync('tar', ['-czf', join(directory, 'model.tgz'), '-C', directory, 'weights.bin']);
    return readFile(join(directory, 'model.tgz'));
  });
});

afterAll(async () => {
  await remove?.();
  await server.close();
});

/** Fetches a path of the server with the program. */
async function run(path: string): Promise<{ code: string; lastLine: string; files: Readonly<Record<string, string>> }> {
  return inTemporaryDirectory(async (directory) => {
    const destination = join(directory, 'models');
    const { code, output } = await runToEnd(program, ['storage-initializer', `${server.url}${path}`, destination]);
    const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
    return { code, lastLine, files: await treeOf(destination).catch(() => ({})) };
  });
}

describe('an archive behind a URL', () => {
  it.each(['/model.tar.gz', '/model.tgz?foo=bar', '/download?path=/x/model.tar.gz'])(
    'is unpacked from %s (SD-08)',
    async (path) => {
      type = 'application/x-gzip';
      expect(await run(path)).toMatchObject({ code: '0', files: { 'weights.bin': 'weights' } });
    },
  );

  it('that is a page for people publishes nothing (SD-08)', async () => {
    type = 'text/html';
    const { code, lastLine, files } = await run('/download?path=/x/model.tar.gz');
    expect({ code, files }).toEqual({ code: '1', files: {} });
    expect(lastLine).toMatch(
      /^Storage initialization failed: URI: http:\/\/127\.0\.0\.1:\d+\/download did not respond with any of following 'Content-Type': application\/x-tar, .*\(but with text\/html\)$/,
    );
  });
});
