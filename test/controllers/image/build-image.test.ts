import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hostArchitecture } from '../../../controllers/image/architecture';
import { type BuiltImage, buildImage, type ImageBuild } from '../../../controllers/image/build-image';
import { bundle } from '../../../controllers/image/bundle';
import { imageCache } from '../../../controllers/image/image-cache';
import { version } from '../../../definitions/names/version';
import { imageInputs, imageToolsMissing } from './image-inputs';
import { chrootForbidden, runInReadOnlyRoot } from './read-only-root';
import { copySourceTree } from './source-tree';
import { unpackImage, type UnpackedImage } from './unpacked-image';

const toolsMissing = imageToolsMissing();
const forbidden = toolsMissing ?? chrootForbidden();
if (forbidden !== undefined) process.stderr.write(`not all tests of the image are run: ${forbidden}\n`);
const whereToolsAre = toolsMissing === undefined ? describe : describe.skip;
const whereChrootIsAllowed = forbidden === undefined ? it : it.skip;

whereToolsAre('the image', () => {
  let directory: string;
  let root: string;
  let build: ImageBuild;
  let first: BuiltImage;
  let image: UnpackedImage;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-image-test-'));
    const sources = join(directory, 'sources');
    const { packages } = await bundle({ outDir: join(directory, 'bundle') });
    await copySourceTree(sources, packages);
    build = {
      architecture: hostArchitecture(),
      root: sources,
      inputs: await imageInputs(),
      out: join(directory, 'image'),
      cache: imageCache(process.env),
      environment: { PATH: process.env['PATH'] },
      log: () => undefined,
    };
    first = await buildImage(build);
    root = join(directory, 'root');
    await mkdir(root);
    image = await unpackImage(build.out, root);
  }, 180_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const inImage = (...command: string[]) => runInReadOnlyRoot(root, command);

  it('has the same digest when it is built at another path, by somebody with another umask, time zone and language', async () => {
    const moved = join(directory, 'another', 'place');
    const out = join(directory, 'somewhere', 'else');
    await mkdir(dirname(moved));
    await rename(build.root, moved);
    const umask = process.umask(0o077);
    try {
      const environment = { PATH: process.env['PATH'], TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8', LANG: 'de_DE.UTF-8' };
      const second = await buildImage({ ...build, root: moved, out, environment });
      expect(second).toEqual(first);
      expect(second.digest).toBe(image.digest);
    } finally {
      process.umask(umask);
      await rename(moved, build.root);
    }
  });

  whereChrootIsAllowed('runs slipway --help as user 65532 with a read-only root', () => {
    const { stdout, stderr, status } = inImage(...image.config.Entrypoint, '--help');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toContain('Usage: slipway COMPONENT');
  });

  whereChrootIsAllowed('has slipway in its PATH', () => {
    expect(
      image.config.Env.find((variable) => variable.startsWith('PATH='))
        ?.slice(5)
        .split(':'),
    ).toContain('/usr/bin');
    expect(inImage('/usr/bin/slipway', '--version')).toMatchObject({ stdout: `${version}\n`, status: 0 });
  });

  whereChrootIsAllowed('gives the program its user, its home, nothing to write to and authorities to trust', () => {
    const program = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const refusals = ['/tmp/x', '/app/x', '/home/nonroot/x'].map((file) => {
        try { writeFileSync(file, ''); } catch ({ code }) { return code; }
      });
      const { X509Certificate } = require('node:crypto');
      const certificates = readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8').split(/(?<=-----END CERTIFICATE-----\\n)/);
      const { uid, gid, username, homedir } = require('node:os').userInfo();
      console.log(JSON.stringify({
        uid, gid, username, homedir, refusals,
        authorities: certificates.filter((text) => new X509Certificate(text).ca).length === certificates.length && certificates.length,
      }));`;
    const { stdout, stderr } = inImage('/nodejs/bin/node', '-e', program);
    expect(stderr).toBe('');
    const seen: unknown = JSON.parse(stdout);
    expect(seen).toEqual({
      uid: 65532,
      gid: 65532,
      username: 'nonroot',
      homedir: '/home/nonroot',
      refusals: ['EROFS', 'EROFS', 'EROFS'],
      authorities: expect.any(Number) as number,
    });
    expect(image.config.User).toBe('65532:65532');
  });

  it('passes on the licenses and the records that scanners read', async () => {
    for (const file of [
      'nodejs/LICENSE',
      'app/licenses/undici/LICENSE',
      'usr/share/doc/libc6/copyright',
      'usr/share/doc/libstdc++6/copyright',
    ]) {
      expect((await stat(join(root, file))).size).toBeGreaterThan(0);
    }
    const { debian } = build.inputs;
    const recorded = debian.map(({ name }) => readFile(join(root, 'var/lib/dpkg/status.d', name), 'utf8'));
    const versions = (await Promise.all(recorded)).map((control) => /^Version: (.*)$/m.exec(control)?.[1]);
    expect(versions).toEqual(debian.map((one) => one.version));
    expect(await readFile(join(root, 'usr/lib/os-release'), 'utf8')).toContain('VERSION_ID=');
  });

  it('replaces an older image and nothing else', async () => {
    const out = join(directory, 'taken');
    await mkdir(out);
    await writeFile(join(out, 'thesis.tex'), 'years of work');
    await expect(buildImage({ ...build, out })).rejects.toThrow(`writing to ${out}: it holds something`);
    expect(await readFile(join(out, 'thesis.tex'), 'utf8')).toBe('years of work');

    const older = join(directory, 'older');
    await cp(build.out, older, { recursive: true });
    await writeFile(join(older, 'index.json'), '{}');
    expect((await buildImage({ ...build, out: older })).digest).toBe(first.digest);
    expect(await readFile(join(older, 'index.json'), 'utf8')).toContain(first.digest);
  });

  it('takes its time from SOURCE_DATE_EPOCH and from nothing else', async () => {
    const environment = { ...build.environment, SOURCE_DATE_EPOCH: 'yesterday' };
    await expect(buildImage({ ...build, environment })).rejects.toThrow(
      'SOURCE_DATE_EPOCH: "yesterday" is not a number',
    );
    expect((await stat(join(root, 'app', 'slipway.mjs'))).mtimeMs).toBe(0);
  });
});
