import { type Effect, riskiest } from '../../../charts-src/diff/effect';
import { updateFindings } from '../../../charts-src/diff/update-findings';
import { testCluster } from '../../cluster/test-cluster';
import { definition, definitionChanges } from './observed/definition-rows';
import { observedDefinitionEffect } from './observed/definitions';
import { rowsOf } from './observed/row';

const rows = rowsOf(definition, definitionChanges);
/** Rows that are tried at a time: the API server takes a second or two for each. */
const atATime = 6;
const observed = new Map<string, Promise<Effect>>();

// Definitions outlive the namespaces of a test. Before the cluster's own hook, which ends the connection.
afterAll(async () => {
  for (const { before } of rows) await cluster.remove(before);
});

const cluster = testCluster();

beforeAll(async () => {
  const namespace = await cluster.namespace('diff');
  for (let start = 0; start < rows.length; start += atATime) {
    const batch = rows.slice(start, start + atATime);
    for (const row of batch) observed.set(row.name, observedDefinitionEffect(cluster, row, namespace));
    await Promise.allSettled(observed.values());
  }
}, 300_000);

describe('a change of a CustomResourceDefinition does to stored objects and their writers what the command tells', () => {
  it.each(rows.map((row) => [row.name, row.effect, row] as const))('%s: %s', async (name, effect, row) => {
    const told = riskiest(updateFindings(row.before, row.after).map((finding) => finding.effect));
    expect({ told, observed: await observed.get(name) }).toEqual({ told: effect, observed: effect });
  });
});
