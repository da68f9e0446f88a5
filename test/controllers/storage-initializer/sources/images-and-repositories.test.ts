import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitServer } from '../../../storage-servers/git-server';
import { layer } from '../../../storage-servers/oci-image';
import { startOciRegistry } from '../../../storage-servers/oci-registry';
import { buildTimeout } from '../../../tools/go-programs';
import { bundledProgram } from '../../../program/bundled-program';
import { runToEnd } from '../../registry-sync/controller-process';
import { treeOf } from '../fetched-tree';

test(
  'the program fetches an image and a repository, whose authority is in a bundle, with one command',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-images-'));
    const [image, repository] = [join(directory, 'image'), join(directory, 'repository')];
    const { program, remove } = await bundledProgram();
    const registry = await startOciRegistry();
    const server = await startGitServer();
    try {
      await registry.pushImage('iris', 'v1', [layer([{ name: 'models/iris.bin', content: 'weights' }])]);
      await server.repository('iris.git', { 'model.bin': 'weights' });
      const ca = join(directory, 'ca.pem');
      await writeFile(ca, server.identity.cert);
      const pairs = [`oci://${registry.host}/iris:v1`, image, `${server.url}/iris.git`, repository];
      const { code, output } = await runToEnd(program, ['storage-initializer', ...pairs], { SSL_CERT_FILE: ca });
      expect({ code, output }).toMatchObject({
        code: '0',
        output: expect.stringContaining('Model downloaded in') as string,
      });
      expect(await treeOf(image)).toEqual({ 'iris.bin': 'weights' });
      expect(await treeOf(repository)).toMatchObject({ 'model.bin': 'weights', '.git/HEAD': 'ref: refs/heads/main\n' });
      const failed = await runToEnd(program, ['storage-initializer', `${server.url}/missing.git`, image], {
        SSL_CERT_FILE: ca,
      });
      expect(failed.code).toBe('1');
      expect(failed.output.trimEnd().split('\n').at(-1)).toMatch(
        /^Storage initialization failed: Git resource 'https:\/\/localhost:\d+\/missing\.git' not found\./,
      );
    } finally {
      await Promise.all([registry.close(), server.close(), remove()]);
      await rm(directory, { recursive: true, force: true });
    }
  },
  buildTimeout,
);
