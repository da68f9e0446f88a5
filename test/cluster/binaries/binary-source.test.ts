import { type BinaryFacts, binarySource } from './binary-source';

/** A machine that has nothing and can do everything. */
const bare: BinaryFacts = {
  inAssets: false,
  inEnvtest: true,
  cached: false,
  envtest: 'untried',
  goInstalled: true,
};

const server = { inEnvtest: true } as const;
const manager = { inEnvtest: false } as const;
const assetsDirectory = '/opt/envtest';

describe('the source of a binary', () => {
  it.each<[string, Partial<BinaryFacts>, string]>([
    ['KUBEBUILDER_ASSETS before everything else', { assetsDirectory, inAssets: true, cached: true }, 'assets'],
    ['the cache before the network', { cached: true }, 'cache'],
    ['an envtest download before a build', server, 'envtest'],
    ['a build where the download did not work', { envtest: 'unreachable' }, 'go'],
    ['a build for what no envtest archive holds', manager, 'go'],
    ['the cache for what KUBEBUILDER_ASSETS never holds', { ...manager, assetsDirectory, cached: true }, 'cache'],
    ['a build for what KUBEBUILDER_ASSETS never holds', { ...manager, assetsDirectory }, 'go'],
    ['the network on a machine without Go', { goInstalled: false }, 'envtest'],
    ['KUBEBUILDER_ASSETS on a machine without Go', { assetsDirectory, inAssets: true, goInstalled: false }, 'assets'],
  ])('is %s', (_, facts, from) => {
    expect(binarySource('kube-apiserver', { ...bare, ...facts })).toEqual({ from });
  });

  it('is no other version when KUBEBUILDER_ASSETS lacks a server', () => {
    expect(binarySource('etcd', { ...bare, assetsDirectory, cached: true })).toEqual({
      from: 'missing',
      why: 'KUBEBUILDER_ASSETS is /opt/envtest, which has no etcd: correct or unset it',
    });
  });

  it.each<[string, Partial<BinaryFacts>, RegExp]>([
    ['a server', { ...server, envtest: 'unreachable' }, /install Go .* github\.com, or set KUBEBUILDER_ASSETS/],
    ['the controller manager', manager, /install Go .* from test\/tools; SLIPWAY_TEST_CLUSTER=off/],
  ])('says what to install where there is none for %s', (_, facts, advice) => {
    const source = binarySource('kube-apiserver', { ...bare, ...facts, goInstalled: false });
    expect(source.from === 'missing' && source.why).toMatch(advice);
  });
});
