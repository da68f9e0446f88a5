import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { exitCodes } from '../../../definitions/inference/runner-report';
import { inferenceDefinitions } from '../../../definitions/inference/kinds';
import { inputKindNames, outputKindNames } from '../../../definitions/inference/storage-kinds';
import { blockReasons, failureReasons, runPhases, waitingReasons } from '../../../definitions/names/inference';
import {
  inferenceRunsProcessVariables,
  inferenceRunsVariables,
} from '../../../definitions/config/inference-runs-variables';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { testCluster } from '../../cluster/test-cluster';
import { parseObject } from '../../cluster/unstructured-object';
import { guideBlocks } from '../gitops/guide';

const cluster = testCluster();
const guide = () => readFile(join(__dirname, '../../../docs/guides/inference-runs.md'), 'utf8');

/** Values of upstream's chart, as its values.yaml and templates have them. */
const upstreamValues = [
  'replicaCount',
  ...['repository', 'pullPolicy', 'tag'].map((name) => `image.${name}`),
  ...['imagePullSecrets', 'nameOverride', 'fullnameOverride'],
  ...['create', 'automount', 'annotations', 'name'].flatMap((name) => [
    `serviceAccount.${name}`,
    `serviceAccountRunners.${name}`,
  ]),
  ...['podAnnotations', 'podLabels', 'podSecurityContext', 'securityContext', 'resources', 'nodeSelector', 'affinity'],
  ...['tolerations', 'volumes', 'volumeMounts', 'livenessProbe', 'readinessProbe', 'env'],
  ...['enabled', 'type', 'port'].map((name) => `service.${name}`),
  ...['enabled', 'className', 'annotations', 'hosts', 'tls'].map((name) => `ingress.${name}`),
  ...['enabled', 'annotations', 'parentRefs', 'hostnames', 'rules'].map((name) => `httpRoute.${name}`),
  ...['enabled', 'minReplicas', 'maxReplicas', 'targetCPUUtilizationPercentage'].map((name) => `autoscaling.${name}`),
];

describe('the guide of inference runs', () => {
  it('has examples that the API server accepts under strict validation, without a warning', async () => {
    await cluster.installCrds(inferenceDefinitions.map(customResourceDefinition));
    const namespace = await cluster.namespace('guide');
    const objects = (await guideBlocks('inference-runs', 'yaml')).flatMap((block) => loadAll(block).map(parseObject));
    expect(objects.length).toBeGreaterThan(6);
    for (const { metadata, ...object } of objects) {
      await cluster.apply({ ...object, metadata: { ...metadata, namespace } }, { fieldManager: 'test' });
    }
    expect(cluster.warnings).toEqual([]);
  });

  it.each([
    ['phase', runPhases],
    ['reason of a blocked run', Object.values(blockReasons)],
    ['reason of a run that waits', Object.values(waitingReasons)],
    ['reason of a failure', Object.values(failureReasons)],
    ['storage kind', [...inputKindNames, ...outputKindNames]],
    ['variable', [...inferenceRunsVariables, ...inferenceRunsProcessVariables].map(({ name }) => name)],
    ['value of upstream’s chart', upstreamValues],
  ])('explains every %s', async (_, words) => {
    const text = await guide();
    expect(words.filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
  });

  it('explains every exit code but that of success', async () => {
    const [, table = ''] = (await guide()).split('Why an attempt failed');
    const explained = [...table.matchAll(/^\| `\w+` +\| ([0-9]+) +\|/gm)].map(([, code]) => Number(code));
    expect(explained).toEqual(expect.arrayContaining(Object.values(exitCodes).filter((code) => code !== 0)));
  });
});
