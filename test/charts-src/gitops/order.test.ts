import { placed } from '../../../charts-src/gitops/order';

const wavesOf = (...directories: readonly string[]) =>
  Object.fromEntries(placed(directories).map(({ directory, wave }) => [directory, wave]));
const needsOf = (...directories: readonly string[]) =>
  Object.fromEntries(placed(directories).map(({ directory, dependsOn }) => [directory, dependsOn]));

describe('the order of components', () => {
  it('puts each behind what it needs, and what needs nothing first', () => {
    expect(wavesOf('registry-sync', 'registry', 'namespaces', 'crds', 'monitoring', 'registry-ui', 'catalog')).toEqual({
      namespaces: 0,
      crds: 0,
      registry: 1,
      catalog: 1,
      'registry-ui': 2,
      'registry-sync': 2,
      monitoring: 3,
    });
  });

  it('does not depend on the order in which components are named', () => {
    const names = ['registry-sync', 'registry', 'namespaces', 'crds', 'storage-initializer'];
    expect(placed(names)).toEqual(placed([...names].reverse()));
  });

  it('lets a component need what an absent one would need', () => {
    expect(needsOf('namespaces', 'registry-sync')).toEqual({ namespaces: [], 'registry-sync': ['namespaces'] });
  });

  it('makes a component wait for what it needs only, so that a broken one does not hold up the others', () => {
    expect(needsOf('crds', 'registry', 'registry-ui', 'registry-sync')['registry-sync']).toEqual(['crds', 'registry']);
  });

  it('has monitoring wait for everything', () => {
    expect(needsOf('crds', 'registry', 'monitoring')['monitoring']).toEqual(['crds', 'registry']);
  });

  it('knows further registries by their folders, and a mesh waits for registries', () => {
    expect(wavesOf('registry-team-a', 'registry-team-b', 'registry-team-a-istio', 'registry-sync')).toEqual({
      'registry-team-a': 0,
      'registry-team-b': 0,
      'registry-team-a-istio': 1,
      'registry-sync': 1,
    });
  });

  it('refuses a component that nobody has given a place', () => {
    expect(() => placed(['teapots'])).toThrow(
      'rendering gitops: teapots has no place in the order: add it to charts-src/gitops/order.ts',
    );
  });
});
