import { buildContract } from '../../../controllers/inference-runs/contract';
import { contractText } from '../../../controllers/inference-runs/contract-text';
import { frozen, readContract, runGenerationIn } from '../../../controllers/inference-runs/frozen-contract';
import { resolveModel } from '../../../controllers/inference-runs/model';
import type { KubernetesClient } from '../../../controllers/runtime/client';
import { configOf, runOf } from './objects';

/** A client of a cluster in which there is the one ConfigMap. */
const having = (data: object) => ({ get: () => Promise.resolve(data) }) as unknown as KubernetesClient;

const read = (data: object) =>
  readContract(having(data), { namespace: 'ml', name: 'inf-iris' }, new AbortController().signal);

describe('the Contract of an attempt in the status', () => {
  const resolved = resolveModel(configOf().spec ?? { autoDeletePolicy: 'None', autoDeleteDelaySeconds: 0 });
  if ('conflict' in resolved) throw new Error(resolved.conflict);
  const run = runOf({}, { generation: 3 });
  const contract = buildContract({
    run,
    config: configOf(),
    model: resolved.model,
    parameters: { a: '1' },
    attempt: 2,
  });
  const text = contractText(contract);

  it('is the same when it is made as when it is taken up from its ConfigMap after a crash', async () => {
    const made = frozen(contract, text);
    expect(made.contractHash).toMatch(/^[0-9a-f]{16}$/);
    expect(await read({ data: { 'contract.json': text } })).toEqual(made);
    expect(await read({ binaryData: { 'contract.json': Buffer.from(text).toString('base64') } })).toEqual(made);
  });

  it('that is none is kept without a hash', async () => {
    expect(await read({ data: { 'contract.json': '{broken' } })).toEqual({
      contract: Buffer.from('{broken').toString('base64'),
      contractHash: undefined,
      configGeneration: undefined,
    });
  });

  it('tells which generation of the run it was made from', () => {
    expect(runGenerationIn(frozen(contract, text).contract)).toBe(3);
  });

  it.each([
    ['one of upstream', JSON.stringify({ ...contract, run: undefined })],
    ['what is no JSON', '{broken'],
  ])('tells nothing of the run if it is %s', (_name, other) => {
    expect(runGenerationIn(Buffer.from(other).toString('base64'))).toBeUndefined();
  });
});
