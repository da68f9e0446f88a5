import type { InferenceGraph } from '../../../../definitions/serving/inference-graph';
import { validateInferenceGraph } from '../../../../controllers/serving/validation/inference-graph';

type Nodes = InferenceGraph['spec']['nodes'];

function refusalOf(nodes: Nodes, name = 'graph') {
  return validateInferenceGraph({ metadata: { name, namespace: 'models' }, spec: { nodes } }).refusal;
}

const sequence = (...steps: object[]): Nodes => ({ root: { routerType: 'Sequence', steps } });
const splitter = (...steps: object[]): Nodes => ({ root: { routerType: 'Splitter', steps } });

it.each<[string, Nodes]>([
  ['a sequence', sequence({ name: 'a', serviceName: 'x' }, { nodeName: 'y' }, { serviceUrl: 'http://z' })],
  ['steps without names', sequence({ serviceName: 'x' }, { serviceName: 'x' })],
  ['a splitter of 100 percent', splitter({ serviceName: 'x', weight: 0 }, { serviceName: 'y', weight: 100 })],
])('%s is accepted', (_what, nodes) => {
  expect(refusalOf(nodes)).toBeUndefined();
});

it.each<[string, Nodes, string]>([
  [
    'no root',
    { start: { routerType: 'Sequence' } },
    "root node not found, InferenceGraph needs a node with name 'root' as the root node of the graph",
  ],
  [
    'two steps of one name',
    sequence({ name: 'a', serviceName: 'x' }, { name: 'a', serviceName: 'y' }),
    'Node "root" of InferenceGraph "graph" contains more than one step with name "a"',
  ],
  [
    'a step without a target',
    sequence({ serviceName: 'x' }, { name: 'b' }),
    'Step 1 ("b") in node "root" of InferenceGraph "graph" does not specify an inference target',
  ],
  [
    'a step with two targets',
    sequence({ nodeName: 'x', serviceUrl: 'http://y' }),
    'Step 0 ("") in node "root" of InferenceGraph "graph" specifies more than one of nodeName, serviceName, serviceUrl',
  ],
  [
    'a share that is missing',
    splitter({ serviceName: 'x', weight: 100 }, { serviceName: 'y' }),
    "InferenceGraph[graph] Node[root] Route[y] missing the 'Weight'",
  ],
  [
    'shares of 99 percent',
    splitter({ serviceName: 'x', weight: 99 }),
    'InferenceGraph[graph] Node[root] splitter node: the sum of traffic weights for all routing targets should be 100',
  ],
])('%s is refused', (_what, nodes, refusal) => {
  expect(refusalOf(nodes)).toBe(refusal);
});

it('a name that no Service can have is refused', () => {
  expect(refusalOf(sequence(), 'Graph')).toBe(
    `The InferenceGraph "Graph" is invalid: a InferenceGraph name must consist of lower case alphanumeric characters or ` +
      `'-', and must start with alphabetical character. (e.g. "my-name" or "abc-123", regex used for validation is ` +
      `'[a-z]([-a-z0-9]*[a-z0-9])?')`,
  );
});
