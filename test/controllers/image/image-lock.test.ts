import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { architectures } from '../../../controllers/image/architecture';
import { imageLockFile, parseImageLock, readImageLock } from '../../../controllers/image/image-lock';

const root = resolve(__dirname, '..', '..', '..');

describe('the committed lock of the image', () => {
  it('has the Node that package.json asks for', async () => {
    const { devDependencies } = z
      .object({ devDependencies: z.object({ node: z.string() }) })
      .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    const lock = await readImageLock(imageLockFile(root));
    expect(architectures.map((architecture) => lock[architecture].node.version)).toEqual([
      devDependencies.node,
      devDependencies.node,
    ]);
  });

  it('makes the images of all architectures from the same versions', async () => {
    const lock = await readImageLock(imageLockFile(root));
    const versions = (packages: readonly { name: string; version: string }[]) =>
      packages.map(({ name, version }) => `${name}=${version}`);
    expect(versions(lock.arm64.debian)).toEqual(versions(lock.amd64.debian));
  });
});

describe('a lock that was edited by hand', () => {
  it('is refused with the entry that is wrong', async () => {
    const text = await readFile(imageLockFile(root), 'utf8');
    const edited = text.replace(/"sha256": "[0-9a-f]{64}"/, '"sha256": "0"');
    expect(() => parseImageLock(edited, 'image.lock.json')).toThrow(
      'image.lock.json: amd64.debian.0.sha256: is not a SHA-256 in hex',
    );
  });

  it('is refused when it is no JSON any more', () => {
    expect(() => parseImageLock('<<<<<<< HEAD', 'image.lock.json')).toThrow('image.lock.json: it is not JSON');
  });
});
