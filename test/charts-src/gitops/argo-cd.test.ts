import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { kubeflow } from '../../../charts-src/environments/kubeflow';
import { production } from '../../../charts-src/environments/production';
import { groupOf, kindFacts } from '../../../charts-src/kubernetes/kinds';
import { downloadModule } from '../../../charts-src/import/go-module';
import { foreignCrdSets } from '../../../charts-src/import/sources';
import { environmentFiles } from '../../../charts-src/output/render-environment';
import { goInstalled } from '../../cluster/binaries/go-build';
import { testCluster } from '../../cluster/test-cluster';
import { parseObject } from '../../cluster/unstructured-object';
import { itWithGo, needsGo } from '../import/go-toolchain';
import { buildTimeout, goProgram } from '../../tools/go-programs';
import { type Application, gitopsOf, withGitops } from './rendered-gitops';
import { type Question, statuses } from './verdicts';

const cluster = testCluster();
const environments = [production, kubeflow].map((make) => [make().name, gitopsOf(make())] as const);

beforeAll(async () => {
  if (await goInstalled()) await goProgram('argo-lua');
}, buildTimeout);

/** The Application of a component. */
function applicationOf({ applications }: ReturnType<typeof gitopsOf>, component: string): Application {
  const found = applications.find(({ spec }) => spec.source.path.endsWith(`/${component}`));
  if (found === undefined) throw new Error(`no Application of ${component}`);
  return found;
}

describe.each(environments)('the environment %s', (name, rendered) => {
  const { components, applications, projects, gitops } = rendered;

  it('has one Application for each component, which takes the one file of its folder in the repository', () => {
    const files = new Set(environmentFiles(components).keys());
    const taken = applications
      .filter(({ metadata }) => metadata.name !== `slipway-${name}-root`)
      .map(({ spec }) => `${spec.source.path}/${spec.source.directory.include}`);
    const expected = components.map(({ directory }) => `dist/${name}/${directory}/${directory}.yaml`);
    expect(taken.sort()).toEqual(expected.sort());
    for (const path of taken) expect(files).toContain(path.slice(`dist/${name}/`.length));
  });

  itWithGo(`has a project that lets in everything it renders, and nothing else ${needsGo}`, async () => {
    const questions: Question[] = [];
    const expected: string[] = [];
    for (const { directory, manifests } of components) {
      const application = applicationOf(rendered, directory);
      const project = projects.find(({ metadata }) => metadata.name === application.spec.project);
      const ask = (resource: Extract<Question, { tool: 'project' }>['resource'], answer: string, asking: unknown) => {
        questions.push({ tool: 'project', project, application: asking, resource });
        expected.push(answer);
      };
      for (const manifest of manifests) {
        const namespaced = kindFacts(manifest).scope === 'Namespaced';
        const { kind, metadata } = manifest;
        const resource = {
          group: groupOf(manifest),
          kind,
          name: metadata.name,
          namespaced,
          namespace: metadata.namespace ?? '',
        };
        ask(resource, 'permitted', application);
        if (namespaced) ask({ ...resource, namespace: 'kube-system' }, 'namespace refused', application);
      }
      const secret = { group: '', kind: 'Secret', name: 'any', namespaced: true, namespace: 'kubeflow' };
      ask(secret, 'kind refused', application);
      const node = { group: '', kind: 'Node', name: 'any', namespaced: false, namespace: '' };
      ask(node, 'kind refused', application);
      const elsewhere = structuredClone(application);
      elsewhere.spec.source.repoURL = 'https://git.example.com/somebody/else.git';
      ask(secret, 'source refused', elsewhere);
    }
    expect(await statuses(questions)).toEqual(expected);
  });

  itWithGo(`has a root that takes projects and Applications and leaves all other files ${needsGo}`, async () => {
    const root = applications.find(({ metadata }) => metadata.name === `slipway-${name}-root`);
    const files = [...environmentFiles([...components, ...gitops]).keys()];
    const answers = await statuses(files.map((file) => ({ tool: 'source', application: root, file })));
    expect(files.filter((_, index) => answers[index] === 'taken')).toEqual([
      'gitops-argocd/gitops-argocd.yaml',
      'gitops-argocd-applications/gitops-argocd-applications.yaml',
    ]);
  });
});

describe('Applications', () => {
  it('are synced in waves that follow the order of components', () => {
    const { applications } = gitopsOf(production());
    const waves = Object.fromEntries(
      applications.map(({ metadata }) => [
        metadata.name.slice('slipway-production-'.length),
        metadata.annotations['argocd.argoproj.io/sync-wave'],
      ]),
    );
    expect(waves).toEqual({
      root: undefined,
      namespaces: '0',
      crds: '0',
      registry: '1',
      catalog: '1',
      'storage-initializer': '1',
      serving: '1',
      'serving-runtimes': '2',
      'registry-sync': '2',
      'registry-ui': '2',
      'inference-runs': '2',
    });
  });

  it('have the sync options that keep objects apart, and tolerate foreign kinds where they bring some', () => {
    const rendered = gitopsOf(production());
    const common = [
      'ServerSideApply=true',
      'RespectIgnoreDifferences=true',
      'PruneLast=true',
      'FailOnSharedResource=true',
      'ApplyOutOfSyncOnly=true',
      'CreateNamespace=false',
    ];
    const optionsOf = (component: string) => applicationOf(rendered, component).spec.syncPolicy.syncOptions;
    expect(optionsOf('namespaces')).toEqual(common);
    expect(optionsOf('registry-sync')).toEqual([...common, 'SkipDryRunOnMissingResource=true']);
    expect(applicationOf(rendered, 'crds').spec.syncPolicy).toMatchObject({
      automated: { prune: true, selfHeal: true },
      retry: { limit: 10, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
    });
  });

  it('ignore what the API server completes, and nothing where nobody else writes', () => {
    const rendered = gitopsOf(production());
    expect(applicationOf(rendered, 'catalog').spec.ignoreDifferences).toMatchObject([
      { kind: 'StatefulSet' },
      { kind: 'ExternalSecret' },
    ]);
    expect(applicationOf(rendered, 'registry-sync').spec.ignoreDifferences).toEqual([]);
  });

  it('wait for a person where the options say so', () => {
    const { applications } = gitopsOf(withGitops({ argoCd: { automated: false } }));
    expect(applications.map(({ spec }) => spec.syncPolicy)).not.toContainEqual(
      expect.objectContaining({ automated: expect.anything() as unknown }),
    );
  });

  it('of teams come after the platform, in a project that lets in models and runs alone', () => {
    const workloads = [{ name: 'fraud', path: 'teams/fraud', namespace: 'fraud' }];
    const { applications, projects } = gitopsOf(withGitops({ workloads, argoCd: {} }));
    const fraud = applications.find(({ metadata }) => metadata.name === 'slipway-mine-fraud');
    expect(fraud).toMatchObject({
      metadata: { annotations: { 'argocd.argoproj.io/sync-wave': '2' } },
      spec: { project: 'slipway-mine-workloads', source: { path: 'teams/fraud' } },
    });
    const project = projects.find(({ metadata }) => metadata.name === 'slipway-mine-workloads');
    expect(project?.['spec']).toEqual({
      description: 'Models on Slipway, environment mine',
      sourceRepos: ['https://git.example.com/platform.git'],
      destinations: [{ server: 'https://kubernetes.default.svc', namespace: 'fraud' }],
      namespaceResourceWhitelist: [
        { group: 'serving.kserve.io', kind: 'InferenceGraph' },
        { group: 'serving.kserve.io', kind: 'InferenceService' },
        { group: 'serving.kserve.io', kind: 'ServingRuntime' },
        { group: 'serving.kserve.io', kind: 'TrainedModel' },
        { group: 'ai.krateo.io', kind: 'InferenceConfig' },
        { group: 'ai.krateo.io', kind: 'InferenceRun' },
      ],
    });
  });
});

describe('definitions and namespaces', () => {
  it('are deleted after somebody confirmed it', () => {
    const { components } = gitopsOf(production());
    const guarded = components
      .flatMap(({ manifests }) => manifests)
      .filter(({ kind }) => kind === 'Namespace' || kind === 'CustomResourceDefinition');
    expect(guarded.length).toBeGreaterThan(5);
    for (const { metadata } of guarded) {
      expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toContain('Prune=confirm,Delete=confirm');
    }
  });
});

describe('an ApplicationSet in place of Applications', () => {
  const set = () => {
    const { manifests } = gitopsOf(withGitops({ argoCd: { form: 'application-set' } }));
    return manifests.filter(({ kind }) => kind === 'ApplicationSet');
  };

  it('lists the components with their waves and syncs them wave by wave', () => {
    expect(set()).toMatchObject([
      {
        metadata: { name: 'slipway-mine', namespace: 'argocd' },
        spec: {
          generators: [
            {
              list: {
                elements: [
                  { name: 'slipway-mine-namespaces', wave: '0', path: 'dist/mine/namespaces', namespace: 'kubeflow' },
                  { name: 'slipway-mine-crds', wave: '0', path: 'dist/mine/crds', include: 'crds.yaml' },
                  { name: 'slipway-mine-registry-sync', wave: '1', project: 'slipway-mine' },
                ],
              },
            },
          ],
          strategy: {
            type: 'RollingSync',
            rollingSync: {
              steps: ['0', '1'].map((wave) => ({
                matchExpressions: [{ key: 'slipway.dev/wave', operator: 'In', values: [wave] }],
              })),
            },
          },
          template: { metadata: { name: '{{.name}}', labels: { 'slipway.dev/wave': '{{.wave}}' } } },
        },
      },
    ]);
  });

  itWithGo(`applies under strict validation to Argo CD’s definition of it ${needsGo}`, async () => {
    const module = foreignCrdSets.find(({ name }) => name === 'argo-cd');
    if (module === undefined) throw new Error('no Go module of Argo CD in the table of sources');
    const file = join(await downloadModule(module), 'manifests/crds/applicationset-crd.yaml');
    await cluster.installCrds([parseObject(load(await readFile(file, 'utf8')))]);
    const namespace = await cluster.namespace('argocd-set');
    for (const manifest of set()) {
      const placed = { ...manifest, metadata: { ...manifest.metadata, namespace } };
      const stored = await cluster.apply(placed, { fieldManager: 'gitops' });
      expect(stored).toMatchObject({ spec: manifest['spec'] as object });
    }
  });
});

describe('the health checks for argocd-cm', () => {
  itWithGo(`leave the other settings alone when they are applied ${needsGo}`, async () => {
    const namespace = await cluster.namespace('argocd-settings');
    const { manifests } = gitopsOf(withGitops({ argoCd: { namespace } }));
    const settings = manifests.find(({ kind }) => kind === 'ConfigMap');
    if (settings === undefined) throw new Error('no ConfigMap');
    const labels = { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' };
    await cluster.apply(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'argocd-cm', namespace, labels },
        data: { url: 'https://argocd.example.com' },
      },
      { fieldManager: 'argocd-installer' },
    );
    await cluster.apply(settings, { fieldManager: 'gitops' });
    expect(await cluster.get(settings)).toMatchObject({
      metadata: { labels },
      data: { url: 'https://argocd.example.com', ...(settings['data'] as object) },
    });
  });
});
