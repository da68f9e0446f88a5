import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import * as z from 'zod';
import { imageReference, lockedImages } from '../../../charts-src/images';
import { type Manifest, mapAt, mapsAt, textOf } from '../../../charts-src/kubernetes/manifest';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { allDefinitions } from '../../../definitions/kinds';
import { testCluster } from '../../cluster/test-cluster';
import { parseObject } from '../../cluster/unstructured-object';
import { lintRules } from './kube-linter';
import { offences } from './offences';
import { rendered, selects, workloadsOf } from './rendered';

const environments = rendered.filter(({ name }) => name.startsWith('environment'));
const each = <T>(table: readonly { readonly name: string }[] & readonly T[]) => describe.each(table);

/**
 * What the serving controller can't do without: it runs model servers of users, and finds the credentials of their storage by names
 * that only they know. It never lists Secrets. The controller of inference runs makes the Jobs of users' runs, and has a policy for their
 * pods, which nobody renders.
 */
const accepted: Readonly<Record<string, readonly string[]>> = {
  'access-to-create-pods': ['ClusterRole/kserve-manager-role', 'Role/kserve-controller-manager'],
  'dangling-networkpolicy': ['NetworkPolicy/kserve-controller-runners'],
  'access-to-secrets': ['ClusterRole/kserve-manager-role', 'Role/kserve-leader-election-role'],
};

describe.each(lintRules.map((rule) => [rule.id, rule] as const))('kube-linter rule %s', (_, rule) => {
  // What needs the other objects to decide says nothing about a part.
  const applicable = rendered.filter(({ complete }) => complete || !rule.id.startsWith('dangling'));
  const known = applicable.filter(({ complete }) => complete || rule.id !== 'non-existent-service-account');

  it('finds nothing in any environment or target but what is accepted', () => {
    const found = known.flatMap(({ name, manifests }) => rule.find(manifests).map((one) => ({ name, found: one })));
    const allowed = accepted[rule.id] ?? [];
    expect(found.filter((one) => !allowed.includes(one.found))).toEqual([]);
    expect([...new Set(found.map((one) => one.found))].sort()).toEqual(allowed);
  });
});

describe('the rules of kube-linter', () => {
  it.each(lintRules.map((rule) => [rule.id, rule] as const))('%s finds an offence', (_, rule) => {
    expect(rule.find(offences)).not.toHaveLength(0);
  });
});

each(rendered)('GitOps rules for the $name', ({ manifests }: { manifests: readonly Manifest[] }) => {
  it('rule 3: images are those of the lock file, and no others', () => {
    const locked = new Set(Object.values(lockedImages).map(imageReference));
    const used = workloadsOf(manifests).flatMap(({ containers }) => containers.map(({ image }) => textOf(image)));
    expect(used.filter((image) => !locked.has(image))).toEqual([]);
  });

  it('rule 4: a pod writes to volumes only, and /tmp is one of them', () => {
    const without = workloadsOf(manifests).flatMap(({ name, mainContainers }) =>
      mainContainers
        .filter((container) => !mapsAt(container, 'volumeMounts').some(({ mountPath }) => mountPath === '/tmp'))
        .map((container) => `${name} ${textOf(container['name'])}`),
    );
    expect(without).toEqual([]);
  });

  it('rule 6: who may do what names verbs and resources, and Secrets are read by nobody but the serving controller, one by one', () => {
    const rules = manifests
      .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
      .flatMap((role) =>
        mapsAt(role, 'rules').map((rule) => ({ role: role.metadata.name, rule: JSON.stringify(rule) })),
      );
    expect(rules.filter(({ rule }) => rule.includes('"*"'))).toEqual([]);
    const reading = rules.filter(({ rule }) => rule.includes('secrets') && /get|list|watch/.test(rule));
    const serving = workloadsOf(manifests).some(({ name }) => name === 'Deployment/kserve-controller-manager');
    expect(reading.filter(({ role }) => !(serving && role.startsWith('kserve-')))).toEqual([]);
    // Credentials of models by the name that a user gave, and its own certificate.
    for (const { rule } of reading) expect(rule).not.toMatch(/list|watch/);
  });

  it('rule 8: a history, an end and, from two replicas on, a budget', () => {
    const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
    const problems = workloadsOf(manifests)
      .filter(({ manifest }) => manifest.kind !== 'Job')
      .flatMap(({ manifest, name, namespace, podLabels, podSpec }) => {
        const { replicas, revisionHistoryLimit } = mapAt(manifest, 'spec');
        const guarded = budgets.some(
          (budget) =>
            budget.metadata.namespace === namespace &&
            selects(mapAt(mapAt(mapAt(budget, 'spec'), 'selector'), 'matchLabels'), podLabels),
        );
        return [
          ...(Number(replicas) > 1 && !guarded ? [`${name}: no budget`] : []),
          ...(revisionHistoryLimit === undefined ? [`${name}: no history`] : []),
          ...(podSpec['terminationGracePeriodSeconds'] === undefined ? [`${name}: no end`] : []),
        ];
      });
    expect(problems).toEqual([]);
  });

  it('rule 9: the recommended labels, and no other part of a platform', () => {
    const wanted = ['name', 'instance', 'component', 'part-of', 'managed-by', 'version'];
    const without = manifests.filter(({ metadata }) =>
      wanted.some((label) => metadata.labels?.[`app.kubernetes.io/${label}`] === undefined),
    );
    expect(without.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([]);
  });

  it('has nothing that Flux would take for a variable of its own', () => {
    expect(
      manifests.filter((manifest) => JSON.stringify(manifest).includes('${')).map(({ metadata }) => metadata.name),
    ).toEqual([]);
  });

  it('has no Secret', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

describe('GitOps rule 3', () => {
  // Asked of registries by `npm run import -- --images`; a tag alone can be moved.
  const unpinned = [
    'artExplainer',
    'autogluonServer',
    'catalogData',
    'huggingFaceServer',
    'huggingFaceServerGpu',
    'kserveStorageInitializer',
    'lgbServer',
    'mlServer',
    'openVinoServer',
    'paddleServer',
    'pmmlServer',
    'predictiveServer',
    'registryServer',
    'registryUi',
    'servingAgent',
    'servingRouter',
    'sklearnServer',
    'slipway',
    'tensorflowServing',
    'torchServe',
    'tritonServer',
    'vllmServer',
    'xgbServer',
  ];

  it('every image has a digest, but those whose registries have not been asked', () => {
    const without = Object.entries(lockedImages).filter(([, { digest }]) => digest === undefined);
    expect(without.map(([name]) => name).sort()).toEqual(unpinned);
  });
});

describe('production', () => {
  const manifests = environments.find(({ name }) => name === 'environment production')?.manifests ?? [];
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const selectorOf = (policy: Manifest) => mapAt(mapAt(mapAt(policy, 'spec'), 'podSelector'), 'matchLabels');

  it('rule 4: brings namespaces that enforce the restricted standard', () => {
    const namespaces = manifests.filter(({ kind }) => kind === 'Namespace');
    expect(namespaces.map(({ metadata }) => metadata.name)).toEqual([
      'kserve',
      'kserve-controller-system',
      'kubeflow',
      'ml-batch',
    ]);
    for (const { metadata } of namespaces) {
      expect(metadata.labels).toMatchObject({
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'latest',
      });
    }
  });

  it('rule 7: denies all traffic of each namespace to begin with', () => {
    const denied = policies.filter((policy) => {
      const { ingress, egress, policyTypes } = mapAt(policy, 'spec');
      const all = Array.isArray(policyTypes) && policyTypes.length === 2;
      return all && ingress === undefined && egress === undefined && Object.keys(selectorOf(policy)).length === 0;
    });
    expect(denied.map(({ metadata }) => metadata.namespace)).toEqual([
      'kserve',
      'kserve-controller-system',
      'kubeflow',
      'ml-batch',
    ]);
  });

  it('rule 7: says for every workload whom it may talk to', () => {
    const silent = workloadsOf(manifests).filter(
      ({ namespace, podLabels }) =>
        !policies.some(
          (policy) =>
            policy.metadata.namespace === namespace &&
            Object.keys(selectorOf(policy)).length > 0 &&
            selects(selectorOf(policy), podLabels),
        ),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('rule 7: lets in where a Service leads to, and nowhere else', () => {
    const ofRenderedPods = policies.filter(({ metadata }) => metadata.name !== 'kserve-controller-runners');
    const open = ofRenderedPods.flatMap((policy) =>
      mapsAt(mapAt(policy, 'spec'), 'ingress').flatMap((rule) =>
        mapsAt(rule, 'ports').map(({ port }) => [policy, port] as const),
      ),
    );
    for (const [policy, port] of open) {
      const pods = workloadsOf(manifests).filter(({ podLabels }) => selects(selectorOf(policy), podLabels));
      const listened = pods.flatMap(({ mainContainers }) =>
        mainContainers.flatMap((container) => mapsAt(container, 'ports').map(({ containerPort }) => containerPort)),
      );
      expect(listened.includes(port) ? [] : [`${policy.metadata.name}: ${textOf(port)}`]).toEqual([]);
    }
  });

  it('rule 8: gives every pod the priority of the platform', () => {
    const priorities = workloadsOf(manifests).map(({ podSpec }) => podSpec['priorityClassName']);
    expect(new Set(priorities)).toEqual(new Set(['slipway-platform']));
  });
});

describe('GitOps rule 10', () => {
  const cluster = testCluster();

  it('every example is accepted under strict validation', async () => {
    await cluster.installCrds(allDefinitions.map(customResourceDefinition));
    const folder = join(__dirname, '../../../examples');
    const objects = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')).map(parseObject));
    expect(objects).not.toHaveLength(0);
    for (const object of objects) {
      const namespace = z.string().parse(object.metadata.namespace);
      await cluster.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        { fieldManager: 'test' },
      );
      await cluster.apply(object, { fieldManager: 'test' });
    }
    expect(cluster.warnings).toEqual([]);
  });
});
