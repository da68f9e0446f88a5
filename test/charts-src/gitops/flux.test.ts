import { kubeflow } from '../../../charts-src/environments/kubeflow';
import { production } from '../../../charts-src/environments/production';
import { healthRules } from '../../../definitions/names/conditions';
import { gitopsOf, withGitops } from './rendered-gitops';

describe('Kustomizations', () => {
  const { components, kustomizations } = gitopsOf(production());
  const platform = kustomizations.filter(({ metadata }) => metadata.name !== 'slipway-production');

  it('are one for each component, at its folder in the repository, and one that keeps these up to date', () => {
    expect(platform.map(({ spec }) => spec.path).sort()).toEqual(
      components.map(({ directory }) => `./dist/production/${directory}`).sort(),
    );
    const root = kustomizations.find(({ metadata }) => metadata.name === 'slipway-production');
    expect(root?.spec).toMatchObject({ path: './dist/production/gitops-flux', prune: true, wait: false });
  });

  it('wait for their own objects, and for the Kustomizations they depend on, which are there', () => {
    const names = new Set(kustomizations.map(({ metadata }) => metadata.name));
    for (const { spec } of platform) {
      expect(spec.wait).toBe(true);
      for (const { name } of spec.dependsOn) expect(names).toContain(name);
    }
    const sync = platform.find(({ metadata }) => metadata.name === 'slipway-production-registry-sync');
    expect(sync?.spec.dependsOn).toEqual([
      { name: 'slipway-production-crds' },
      { name: 'slipway-production-registry' },
    ]);
  });

  it('never prune definitions and namespaces', () => {
    const kept = platform
      .filter(({ spec }) => !spec.prune)
      .map(({ metadata, spec }) => [metadata.name, spec.deletionPolicy]);
    expect(kept).toEqual([
      ['slipway-production-crds', 'Orphan'],
      ['slipway-production-namespaces', 'Orphan'],
    ]);
  });

  it('bring health checks for the kinds of ours that they install', () => {
    const storage = platform.find(({ metadata }) => metadata.name === 'slipway-production-storage-initializer');
    expect(storage?.spec.healthCheckExprs).toEqual([
      { apiVersion: 'serving.kserve.io/v1alpha1', kind: 'ClusterStorageContainer', current: 'true' },
    ]);
  });

  it('of teams check every kind of ours, after the whole platform', () => {
    const workloads = [{ name: 'fraud', path: 'teams/fraud', namespace: 'fraud' }];
    const rendered = gitopsOf(withGitops({ workloads, flux: {} }));
    const fraud = rendered.kustomizations.find(({ metadata }) => metadata.name === 'slipway-mine-fraud');
    expect(fraud?.spec).toMatchObject({ path: './teams/fraud', prune: true, targetNamespace: 'fraud' });
    expect(fraud?.spec.dependsOn).toHaveLength(rendered.components.length);
    expect(fraud?.spec.healthCheckExprs.map(({ kind }) => kind)).toEqual(healthRules.map(({ kind }) => kind));
  });

  it('hold no text that Flux would substitute', () => {
    const texts = [production(), kubeflow()].flatMap((rendered) => gitopsOf(rendered).manifests);
    expect(JSON.stringify(texts)).not.toMatch(/\$\{/);
  });
});

describe('the source', () => {
  const sourceOf = (...given: Parameters<typeof withGitops>) =>
    gitopsOf(withGitops(...given)).manifests.find(({ kind }) => kind.endsWith('Repository'));

  it.each([
    ['branch', 'main'],
    ['tag', 'v1.2.0'],
    ['commit', '0123456789abcdef0123456789abcdef01234567'],
  ] as const)('is the Git repository at a %s', (revisionKind, revision) => {
    expect(sourceOf({ revision, revisionKind, flux: { secret: 'git' } })).toMatchObject({
      kind: 'GitRepository',
      spec: {
        url: 'https://git.example.com/platform.git',
        ref: { [revisionKind]: revision },
        secretRef: { name: 'git' },
        sparseCheckout: ['dist/mine'],
      },
    });
  });

  it('is an artifact that somebody signed; paths begin in it', () => {
    const oci = {
      url: 'oci://registry.example.com/platform',
      tag: 'stable',
      signedBy: { issuer: '^https://issuer\\.example\\.com$', subject: '^release$' },
    };
    expect(sourceOf({ flux: { oci } })).toMatchObject({
      kind: 'OCIRepository',
      spec: {
        url: oci.url,
        ref: { tag: 'stable' },
        verify: { provider: 'cosign', matchOIDCIdentity: [oci.signedBy] },
      },
    });
    const { kustomizations } = gitopsOf(withGitops({ flux: { oci } }));
    expect(kustomizations.map(({ spec }) => [spec.path, spec.sourceRef.kind])).toContainEqual([
      './mine/registry-sync',
      'OCIRepository',
    ]);
  });

  it('can’t be an artifact where teams’ folders are not in it', () => {
    const workloads = [{ name: 'fraud', path: 'teams/fraud', namespace: 'fraud' }];
    const flux = { oci: { url: 'oci://registry.example.com/platform' } };
    expect(() => withGitops({ workloads, flux })).toThrow('gitops.workloads: got [{"name":"fraud"');
  });
});
