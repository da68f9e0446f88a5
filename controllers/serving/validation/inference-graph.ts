import { graphRoot } from '../../../definitions/names/serving';
import type { InferenceGraph } from '../../../definitions/serving/inference-graph';
import { refusedName } from './service-name';
import { type Refusal, type Verdict, firstRefusal, verdict } from './verdict';

type Node = InferenceGraph['spec']['nodes'][string];
type NamedNode = readonly [name: string, node: Node];

/** Accepts or refuses an InferenceGraph. Nodes are looked at by name, so that the same mistake has the same text. */
export function validateInferenceGraph({ metadata: { name }, spec }: InferenceGraph): Verdict {
  const nodes = Object.entries(spec.nodes).sort(([a], [b]) => (a < b ? -1 : 1));
  return verdict(
    refusedName('The', 'InferenceGraph', name) ??
      refusedRoot(spec.nodes) ??
      firstRefusal(nodes, (node) => refusedStepNames(name, node)) ??
      firstRefusal(nodes, (node) => refusedTargets(name, node)) ??
      firstRefusal(nodes, (node) => refusedWeights(name, node)),
  );
}

function refusedRoot(nodes: Readonly<Record<string, Node>>): Refusal {
  if (Object.hasOwn(nodes, graphRoot)) return undefined;
  return `root node not found, InferenceGraph needs a node with name '${graphRoot}' as the root node of the graph`;
}

function refusedStepNames(graph: string, [node, { steps = [] }]: NamedNode): Refusal {
  const names = steps.map(({ name = '' }) => name).filter((name) => name !== '');
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  return repeated === undefined
    ? undefined
    : `Node "${node}" of InferenceGraph "${graph}" contains more than one step with name "${repeated}"`;
}

function refusedTargets(graph: string, [node, { steps = [] }]: NamedNode): Refusal {
  return firstRefusal(steps, ({ name = '', nodeName = '', serviceName = '', serviceUrl = '' }, index) => {
    const targets = [nodeName, serviceName, serviceUrl].filter((target) => target !== '');
    if (targets.length === 1) return undefined;
    const step = `Step ${index} ("${name}") in node "${node}" of InferenceGraph "${graph}"`;
    return targets.length === 0
      ? `${step} does not specify an inference target`
      : `${step} specifies more than one of nodeName, serviceName, serviceUrl`;
  });
}

function refusedWeights(graph: string, [node, { routerType, steps = [] }]: NamedNode): Refusal {
  if (routerType !== 'Splitter') return undefined;
  const place = `InferenceGraph[${graph}] Node[${node}]`;
  const unweighted = steps.find(({ weight }) => weight === undefined);
  if (unweighted !== undefined) return `${place} Route[${unweighted.serviceName ?? ''}] missing the 'Weight'`;
  const sum = steps.reduce((percent, { weight = 0 }) => percent + weight, 0);
  return sum === 100
    ? undefined
    : `${place} splitter node: the sum of traffic weights for all routing targets should be 100`;
}
