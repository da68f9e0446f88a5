import { compare, type ObjectChange } from '../../../charts-src/diff/compare';
import { pathText } from '../../../charts-src/diff/field-changes';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { serializeManifests } from '../../../charts-src/kubernetes/serialize';
import { claim, deployment, namespace, settings, withImage } from './manifests';
import { edited } from './observed/row';

/** Manifests by folder. */
type Folders = Readonly<Record<string, readonly Manifest[]>>;

function rendering(source: string, folders: Folders) {
  const files = Object.entries(folders).map(([folder, manifests]): [string, string] => [
    `${folder}/objects.yaml`,
    serializeManifests(manifests),
  ]);
  return {
    source,
    files: new Map([...files, ['README.md', 'no manifest'], ['a/b/kustomization.yaml', 'resources: []']]),
  };
}

function changes(before: Folders, after: Folders): ObjectChange[] {
  return compare(rendering('v1', before), rendering('v2', after));
}

/** One line for each change: what happens, to what, and how risky it is. */
function told(before: readonly Manifest[], after: readonly Manifest[]): string[] {
  return changes({ 'production/a': before }, { 'production/a': after }).map(
    ({ happening, object, effect }) => `${effect}: ${object} ${happening}`,
  );
}

const changedPaths = (before: Manifest, after: Manifest) =>
  changes({ 'production/a': [before] }, { 'production/a': [after] }).flatMap(({ findings }) =>
    findings.map(({ path }) => pathText(path)),
  );

const moved = (manifest: Manifest, metadata: Partial<Manifest['metadata']>): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, ...metadata },
});

it('tells every object that differs, riskiest first, and none that does not', () => {
  const before = [namespace, claim, deployment, settings];
  expect(told(before, before)).toEqual([]);
  expect(told(before, [namespace, withImage(deployment, 'example.com/server:2'), settings])).toEqual([
    'forbidden: PersistentVolumeClaim serving/data removed',
    'rolling restart: Deployment serving/server changed',
  ]);
  expect(told([namespace], before)).toEqual([
    'in place: ConfigMap serving/settings added',
    'in place: Deployment serving/server added',
    'in place: PersistentVolumeClaim serving/data added',
  ]);
});

it.each([
  ['order of objects and fields', [claim, settings], [settings, claim], []],
  [
    'another version of the API',
    [moved(settings, {})],
    [{ ...settings, apiVersion: 'v2' }],
    ['in place: ConfigMap serving/settings changed'],
  ],
  [
    'a default that is written out',
    [deployment],
    [edited(deployment, { 'spec.paused': false })],
    ['none: Deployment serving/server changed'],
  ],
])('knows objects by group, kind, namespace and name: %s', (_, before, after, expected) => {
  expect(told(before, after)).toEqual(expected);
});

it('knows an object under another namespace or name, and that a cluster deletes and creates it', () => {
  expect(told([deployment], [moved(deployment, { namespace: 'other' })])).toEqual([
    'recreate: Deployment serving/server moved',
  ]);
  expect(told([deployment, settings], [moved(deployment, { name: 'worker' }), settings])).toEqual([
    'recreate: Deployment serving/server moved',
  ]);
  expect(told([claim], [moved(claim, { name: 'disk' })])).toEqual([
    'forbidden: PersistentVolumeClaim serving/data moved',
  ]);
  expect(told([namespace], [moved(namespace, { name: 'other' })])).toEqual([
    'forbidden: Namespace serving removed',
    'in place: Namespace other added',
  ]);
  expect(told([settings], [moved({ ...settings, data: { b: 'b' } }, { name: 'other' })])).toEqual([
    'recreate: ConfigMap serving/settings removed',
    'in place: ConfigMap serving/other added',
  ]);
});

it('warns of an object that goes to another folder, where nobody is told to keep it', () => {
  const kept = {
    'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  };
  const move = (manifest: Manifest) =>
    changes({ 'production/a': [manifest] }, { 'production/b': [manifest] }).map(({ effect }) => effect);
  expect(move(claim)).toEqual(['forbidden']);
  expect(move(deployment)).toEqual(['recreate']);
  expect(move(moved(claim, { annotations: kept }))).toEqual(['in place']);
});

it('takes targets for alternatives and environments for clusters', () => {
  const folders = (manifest: Manifest) => ({
    'targets/a': [manifest],
    'targets/b': [manifest],
    'local/a': [manifest],
    'production/a': [manifest],
  });
  const found = changes(folders(deployment), {
    ...folders(deployment),
    'targets/b': [withImage(deployment, 'b')],
    'local/a': [],
  });
  expect(found.map(({ environment, component, happening }) => `${environment}/${component} ${happening}`)).toEqual([
    'local/a removed',
    'targets/b changed',
  ]);
});

describe('names the field', () => {
  const pod = 'spec.template.spec';
  const container = `${pod}.containers.0`;
  const list = [
    { name: 'A', value: 'a' },
    { name: 'B', value: 'b' },
  ];

  it.each([
    [
      'of a container by its name, wherever it stands',
      {
        [`${pod}.containers`]: [
          { name: 'new', image: 'b' },
          { name: 'server', image: 'c', args: ['--port=8080'], env: list },
        ],
      },
      [`${pod}.containers[new]`, `${pod}.containers[server].image`],
    ],
    ['of a variable by its name', { [`${container}.env.1.value`]: 'c' }, [`${pod}.containers[server].env[B].value`]],
    [
      'of a variable that goes, not of those behind it',
      { [`${container}.env.0`]: undefined },
      [`${pod}.containers[server].env[A]`],
    ],
    [
      'of a list whose order alone changes',
      { [`${container}.env`]: list.toReversed() },
      [`${pod}.containers[server].env`],
    ],
    ['of arguments as a whole', { [`${container}.args`]: ['--port=80'] }, [`${pod}.containers[server].args`]],
    [
      'of a toleration by what it tolerates',
      { [`${pod}.tolerations`]: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }] },
      [`${pod}.tolerations[gpu/Exists/NoSchedule]`, `${pod}.tolerations[gpu/Exists/NoExecute]`],
    ],
    [
      'with dots in its name',
      { 'metadata.labels': { 'app.kubernetes.io/name': 'a' } },
      ['metadata.labels["app.kubernetes.io/name"]'],
    ],
  ])('%s', (_, edits, paths) => {
    const before = edited(deployment, {
      [`${container}.env`]: list,
      [`${pod}.tolerations`]: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
    });
    expect(changedPaths(before, edited(before, edits)).toSorted()).toEqual(paths.toSorted());
  });
});

it('allows a refused change where both Argo CD and Flux are told to create the object anew, but not where data is lost', () => {
  const argo = { 'argocd.argoproj.io/sync-options': 'Replace=true,Force=true' };
  const both = { ...argo, 'kustomize.toolkit.fluxcd.io/force': 'enabled' };
  const selector = { 'spec.selector.matchLabels.app': 'b', 'spec.template.metadata.labels.app': 'b' };
  const effectOf = (manifest: Manifest, edits: Parameters<typeof edited>[1], annotations: Record<string, string>) => {
    const before = moved(manifest, { annotations });
    return changes({ 'production/a': [before] }, { 'production/a': [edited(before, edits)] }).map(
      ({ effect }) => effect,
    );
  };
  expect(effectOf(deployment, selector, {})).toEqual(['forbidden']);
  expect(effectOf(deployment, selector, argo)).toEqual(['forbidden']);
  expect(effectOf(deployment, selector, both)).toEqual(['recreate']);
  expect(effectOf(claim, { 'spec.accessModes': ['ReadWriteMany'] }, both)).toEqual(['forbidden']);
});

it.each<[string, Manifest, Parameters<typeof edited>[1], string]>([
  [
    'the model of an InferenceService',
    isvc({ predictor: { model: {} } }),
    { 'spec.predictor.model.storageUri': 's3://a' },
    'rolling restart',
  ],
  [
    'the scaling of an InferenceService',
    isvc({ predictor: { minReplicas: 1 } }),
    { 'spec.predictor.minReplicas': 2 },
    'in place',
  ],
  [
    'a transformer that comes to an InferenceService',
    isvc({ predictor: {} }),
    { 'spec.transformer': { minReplicas: 1 } },
    'rolling restart',
  ],
  ['a ServingRuntime', custom('ServingRuntime', { containers: [] }), { 'spec.multiModel': true }, 'rolling restart'],
])('%s: %s', (_, before, edits, expected) => {
  expect(told([before], [edited(before, edits)])).toEqual([`${expected}: ${before.kind} serving/a changed`]);
});

function isvc(spec: Manifest[string]): Manifest {
  return custom('InferenceService', spec);
}

function custom(kind: string, spec: Manifest[string]): Manifest {
  return { apiVersion: 'serving.kserve.io/v1beta1', kind, metadata: { name: 'a', namespace: 'serving' }, spec };
}
