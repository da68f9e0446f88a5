import type { V1ConfigMap } from '@kubernetes/client-node';
import type { Stored } from '../../../../definitions/kubernetes/core-resources';
import { ConfigMissing, ConfigUnusable, LiveConfig } from '../../../../controllers/serving/config/live-config';
import { Store } from '../../../../controllers/runtime/store';

function live() {
  const store = new Store<Stored<V1ConfigMap>>((error) => {
    throw error;
  });
  const problems: string[] = [];
  const config = new LiveConfig(store, ({ key, message }) => problems.push(`${key}: ${message}`));
  let version = 0;
  const write = (data: Record<string, string>) => {
    version += 1;
    const metadata = {
      name: 'inferenceservice-config',
      namespace: 'kserve',
      uid: '1',
      resourceVersion: String(version),
    };
    store.upsert({ metadata, data });
  };
  const remove = () => store.replace([]);
  return { config, problems, write, remove };
}

describe('the live configuration', () => {
  it('is missing until the ConfigMap is there, and when it is gone', () => {
    const { config, write, remove } = live();
    expect(config.present).toBe(false);
    expect(() => config.document('ingress')).toThrow(ConfigMissing);
    write({ ingress: '{"ingressDomain": "a.example", "ingressGateway": "istio/gateway"}' });
    expect(config.document('ingress').ingressDomain).toBe('a.example');
    remove();
    expect(() => config.document('ingress')).toThrow(ConfigMissing);
  });

  it('has a change as soon as the store has it', () => {
    const { config, write } = live();
    write({ ingress: '{"ingressDomain": "a.example", "ingressGateway": "istio/gateway"}' });
    write({ ingress: '{"ingressDomain": "b.example", "ingressGateway": "istio/gateway"}' });
    expect(config.document('ingress').ingressDomain).toBe('b.example');
  });

  it('keeps the last good value of a key that went wrong, and leaves the others alone', () => {
    const { config, problems, write } = live();
    write({
      ingress: '{"ingressDomain": "a.example", "ingressGateway": "istio/gateway"}',
      service: '{"serviceClusterIPNone": true}',
    });
    write({ ingress: '{', service: '{"serviceClusterIPNone": false}' });
    expect(config.document('ingress').ingressDomain).toBe('a.example');
    expect(config.document('service').serviceClusterIPNone).toBe(false);
    expect(problems).toEqual([
      expect.stringMatching(/^ingress: ConfigMap inferenceservice-config, key ingress: not JSON/),
    ]);
  });

  it('tells of a wrong text once, however often it is read or its ConfigMap changes elsewhere', () => {
    const { config, problems, write } = live();
    write({ ingress: '{"ingressDomain": 1}' });
    expect(() => config.document('ingress')).toThrow(ConfigUnusable);
    expect(() => config.document('ingress')).toThrow(/ingressDomain: got 1, expected string/);
    write({ ingress: '{"ingressDomain": 1}', service: '{}' });
    expect(problems).toHaveLength(1);
  });

  it('knows which keys are there', () => {
    const { config, write } = live();
    write({ deploy: '{"defaultDeploymentMode": "Standard"}' });
    expect([config.has('deploy'), config.has('localModel')]).toEqual([true, false]);
  });
});
