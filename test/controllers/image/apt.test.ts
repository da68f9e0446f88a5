import { PackagesUnavailable, parseUris, withApt } from '../../../controllers/image/apt';

const hash = 'a'.repeat(64);

describe("apt's answer about packages", () => {
  it('gives name, version, place in the pool and content of each', () => {
    const answer =
      `'http://mirror.test/debian/pool/main/g/gcc-12/libstdc%2b%2b6_12.2.0-14%2bdeb12u1_amd64.deb' libstdc++6_12.2.0-14+deb12u1_amd64.deb 612604 SHA256:${hash}\n` +
      `'http://mirror.test/security/pool/updates/main/c/ca-certificates/ca-certificates_1%3a2_all.deb' ca-certificates_1%3a2_all.deb 9 SHA256:${hash}\n`;
    expect(parseUris(answer)).toEqual([
      {
        name: 'libstdc++6',
        version: '12.2.0-14+deb12u1',
        pool: 'pool/main/g/gcc-12/libstdc++6_12.2.0-14+deb12u1_amd64.deb',
        sha256: hash,
      },
      {
        name: 'ca-certificates',
        version: '1:2',
        pool: 'pool/updates/main/c/ca-certificates/ca-certificates_1:2_all.deb',
        sha256: hash,
      },
    ]);
  });

  it.each([
    ['without a hash', "'http://mirror.test/pool/main/a/a_1_all.deb' a_1_all.deb 9 MD5Sum:00"],
    ['outside of a pool', `'http://mirror.test/a_1_all.deb' a_1_all.deb 9 SHA256:${hash}`],
  ])('is refused when a package is %s', (_, answer) => {
    expect(() => parseUris(answer)).toThrow(PackagesUnavailable);
  });
});

describe('a machine without apt', () => {
  it('is told so, and what else can be done', async () => {
    const failing = withApt('amd64', { PATH: '/nonexistent' }, async (apt) => apt.newest(['libc6']));
    await expect(failing).rejects.toThrow(PackagesUnavailable);
    await expect(failing).rejects.toThrow(/running apt-get: it is not installed.*use the Containerfile/);
  });
});
