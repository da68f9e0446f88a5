import { configVerdict } from '../../../controllers/inference-runs/config-status';
import { configOf } from './objects';

const now = Date.parse('2026-03-01T12:00:00Z');
const url = 'http://iris/v2/models/iris/infer';
const foreign = { image: 'registry.example.com/foreign:1', kserve: { modelUrl: url } };
const verdict = (spec: object, more: object = {}) => {
  const { metadata, ...config } = configOf(spec);
  const { namespace = 'ml' } = metadata;
  const stored = { ...config, metadata: { ...metadata, namespace, generation: 2 }, ...more };
  return configVerdict({ config: stored, runnerImage: 'registry.example.com/slipway:1', usedBy: 3, now });
};
const readyIn = ({ status }: ReturnType<typeof verdict>) => status.conditions?.find(({ type }) => type === 'Ready');

describe('the status of a config', () => {
  it('is ready when nothing is wrong, and says how many runs use it', () => {
    const good = verdict(foreign);
    expect(readyIn(good)).toMatchObject({ status: 'True', reason: 'Available' });
    expect(good.status).toMatchObject({ usedBy: 3, observedGeneration: 2 });
    expect(good.notes).toEqual([]);
  });

  it('names two models that contradict each other (AT-03, A-01)', () => {
    const odd = verdict({ ...foreign, modelUrl: 'http://other' });
    expect(readyIn(odd)).toMatchObject({ status: 'False', reason: 'ConflictingModelSpec' });
    expect(odd.notes).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'ConflictingModelSpec' }));
  });

  it('tells once for each generation of flat fields and of a namespace that is not looked at (C-28)', () => {
    const spec = {
      ...foreign,
      kserve: {},
      modelUrl: url,
      credentialsRef: { name: 'pull', namespace: 'elsewhere' },
    };
    const first = verdict(spec);
    expect(first.notes.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Normal DeprecatedField',
      'Warning CredentialsNamespaceIgnored',
    ]);
    expect(readyIn(first)).toMatchObject({ status: 'True' });
    expect(verdict(spec, { status: first.status }).notes).toEqual([]);
  });
});
