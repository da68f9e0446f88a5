import { environment } from '../../../charts-src/environments/environment';
import { renderEnvironment } from '../../../charts-src/output/render-environment';

describe('an environment', () => {
  it.each([
    [
      'a wrong number',
      { registrySync: { replicas: 9 } },
      'environment mine: registrySync.replicas: got 9, must be at most 5',
    ],
    ['an unknown option', { registrysync: {} }, 'unknown key registrysync, allowed: catalog, crds, externalRegistry'],
    [
      'a moving tag',
      { images: { slipway: { tag: 'latest' } } },
      'images.slipway.tag: got "latest", expected the tag of a release',
    ],
    [
      'a wrong setting',
      { registrySync: { settings: { workers: 0 } } },
      'registrySync.settings.workers: got 0, must be at least 1',
    ],
  ])('with %s is refused, naming option, value and what is allowed', (_, options, message) => {
    expect(() => environment({ name: 'mine', ...options })).toThrow(message);
  });

  it('changes by one line when an option changes by one, plus the checksum that moves with it', () => {
    const lines = (workers: number) =>
      JSON.stringify(
        renderEnvironment(environment({ name: 'mine', registrySync: { settings: { workers } } })),
        null,
        1,
      ).split('\n');
    const [before, after] = [lines(2), lines(3)];
    const changed = after.filter((line, index) => line !== before[index]);
    expect(after).toHaveLength(before.length);
    expect(changed).toEqual([
      expect.stringContaining('workers: 3'),
      expect.stringContaining('slipway.dev/config-checksum'),
    ]);
  });

  it('brings a budget and spreads its replicas from two on', () => {
    const kinds = (replicas: number) =>
      renderEnvironment(environment({ name: 'mine', registrySync: { replicas } })).flatMap(({ manifests }) =>
        manifests.map(({ kind }) => kind),
      );
    expect(kinds(1)).not.toContain('PodDisruptionBudget');
    expect(kinds(2)).toContain('PodDisruptionBudget');
  });
});
