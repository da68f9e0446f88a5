import { readConfigDocument } from '../../../../controllers/serving/config/config-document';

describe('the document of a key of inferenceservice-config', () => {
  it('has every default when the key is absent or empty', () => {
    expect(readConfigDocument('ingress', undefined)).toMatchObject({ ingressDomain: 'example.com', urlScheme: 'http' });
    expect(readConfigDocument('inferenceService', '{}').resource).toEqual({
      cpuLimit: '',
      cpuRequest: '',
      memoryLimit: '',
      memoryRequest: '',
    });
    expect(readConfigDocument('security', undefined)).toEqual({ autoMountServiceAccountToken: false });
  });

  it('matches names in any case, as Go does, and takes the exact spelling first (§2)', () => {
    const text =
      '{"CaBundleConfigMapName": "theirs", "memoryrequest": "1Mi", "MemoryRequest": "2Mi", "memoryRequest": "3Mi"}';
    expect(readConfigDocument('storageInitializer', text)).toMatchObject({
      caBundleConfigMapName: 'theirs',
      memoryRequest: '3Mi',
    });
    const gateways = '"ingressGateway": "istio/gateway", "kserveIngressGateway": "kserve/gateway"';
    expect(readConfigDocument('ingress', `{"enableGatewayAPI": true, ${gateways}}`).enableGatewayApi).toBe(true);
  });

  it('ignores members it does not know and takes null for absent', () => {
    expect(readConfigDocument('service', '{"serviceClusterIPNone": null, "future": 1}')).toEqual({
      serviceClusterIPNone: false,
    });
  });

  it('reads the old names of deployment modes', () => {
    expect(readConfigDocument('deploy', '{"defaultDeploymentMode": "RawDeployment"}').defaultDeploymentMode).toBe(
      'Standard',
    );
    expect(readConfigDocument('deploy', '{"defaultDeploymentMode": "Serverless"}').defaultDeploymentMode).toBe(
      'Knative',
    );
  });

  it.each([
    ['service', '{"serviceClusterIPNone": "true"}', /key service: serviceClusterIPNone: got "true", expected boolean/],
    ['service', '{"serviceClusterIPNone": ', /key service: not JSON/],
    ['deploy', '{}', /defaultDeploymentMode/],
    ['deploy', '{"defaultDeploymentMode": ""}', /invalid deploy config, defaultDeploymentMode is required/],
    [
      'deploy',
      '{"defaultDeploymentMode": "Raw"}',
      /Supported modes are Knative, Standard and ModelMesh|Knative, ModelMesh/,
    ],
    ['ingress', '{"ingressDomain": "a.b"}', /key ingress: invalid ingress config - ingressGateway is required/],
    ['storageInitializer', '{"ociModelMode": "copy"}', /ociModelMode: got "copy", allowed: modelcar, native, fetch/],
  ] as const)('%s %s is refused with its cause', (key, text, message) => {
    expect(() => readConfigDocument(key, text)).toThrow(message);
  });
});
