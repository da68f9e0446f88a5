import { inferenceGraphs } from '../../../definitions/serving/inference-graph';
import { type Field, objectWith } from './field-paths';
import { privateKind } from './private-kind';

const kind = privateKind(inferenceGraphs);

const root: Field = ['spec.nodes.root.routerType', 'Sequence'];

const spec: readonly Field[] = [
  root,
  ['spec.nodes.root.steps[0].name', 'first'],
  ['spec.nodes.root.steps[0].serviceName', 'animals'],
  ['spec.nodes.root.steps[0].data', '$request'],
  ['spec.nodes.root.steps[0].mapPredictionsToInstances', true],
  ['spec.nodes.root.steps[1].nodeName', 'split'],
  ['spec.nodes.root.steps[1].condition', '[@this].#(predictions.0=="cat")'],
  ['spec.nodes.root.steps[1].dependency', 'Hard'],
  ['spec.nodes.split.routerType', 'Splitter'],
  ['spec.nodes.split.steps[0].serviceUrl', 'http://cats.example'],
  ['spec.nodes.split.steps[0].weight', 100],
  ['spec.resources.limits', { cpu: '1' }],
  ['spec.affinity', { nodeAffinity: {} }],
  ['spec.timeout', 60],
  ['spec.routerTimeouts', { serverRead: 1, serverWrite: 2, serverIdle: 3, serviceClient: 4 }],
  ['spec.minReplicas', 1],
  ['spec.maxReplicas', 3],
  ['spec.scaleTarget', 80],
  ['spec.scaleMetric', 'cpu'],
  ['spec.tolerations', [{ key: 'gpu', operator: 'Exists' }]],
  ['spec.nodeSelector', { disk: 'ssd' }],
  ['spec.nodeName', 'node-1'],
  ['spec.serviceAccountName', 'router'],
];

const status: readonly Field[] = [
  ['status.conditions[0].type', 'Ready'],
  ['status.conditions[0].status', 'True'],
  ['status.url', 'http://graph.example'],
  ['status.deploymentMode', 'Standard'],
];

test('every field of spec and of status is stored as written', async () => {
  const graph = objectWith(spec);
  expect(await kind.apply('graph', graph)).toMatchObject({ status: 201, warnings: [] });
  expect(await kind.apply('graph', objectWith(status), 'status')).toMatchObject({ status: 200, warnings: [] });
  expect(await kind.stored('graph')).toEqual({ ...graph, ...objectWith(status) });
});

test.each<[string, readonly Field[], RegExp]>([
  ['a graph without nodes', [['spec.timeout', 1]], /spec\.nodes: Required value/],
  [
    'a graph without a root',
    [['spec.nodes.start.routerType', 'Sequence']],
    /root node not found, InferenceGraph needs a node with name 'root' as the root node of the graph/,
  ],
  ['a router of an unknown type', [['spec.nodes.root.routerType', 'Loop']], /routerType.*Unsupported value/],
  ['a node without a type', [['spec.nodes.root.steps', []]], /routerType.*Required value/],
  [
    'an unknown dependency',
    [root, ['spec.nodes.root.steps', [{ serviceName: 'a', dependency: 'Loose' }]]],
    /dependency.*Unsupported value/,
  ],
])('%s is refused', async (_name, fields, message) => {
  const answer = await kind.create('refused', objectWith(fields), 'Strict');
  expect(answer).toMatchObject({ status: 422, body: { message: expect.stringMatching(message) as unknown } });
  expect(await kind.stored('refused')).toBeUndefined();
});
