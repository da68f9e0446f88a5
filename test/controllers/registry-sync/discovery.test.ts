import type { V1ServicePort } from '@kubernetes/client-node';
import { chooseRegistry, type RegistryServices } from '../../../controllers/registry-sync/discovery';
import type { Link } from '../../../controllers/registry-sync/link';
import { config } from './inference-services';

const link: Link = { registeredModelId: '1', registryNamespace: 'kubeflow', invalidIds: [] };
const httpApi: V1ServicePort = { name: 'http-api', port: 8080 };

function service(name: string, ports: V1ServicePort[] = [httpApi], annotations: Record<string, string> = {}) {
  return { metadata: { name, namespace: 'kubeflow', annotations }, spec: { ports } };
}

const none: RegistryServices = { labelled: [] };

describe('the registry of an InferenceService', () => {
  it('is the URL of its annotation, without our token', () => {
    const chosen = chooseRegistry({ ...link, registryUrl: 'https://registry.example.com/' }, none, config());
    expect(chosen).toMatchObject({ baseUrl: 'https://registry.example.com', sendToken: false });
  });

  it('gets our token behind an annotation only when the operator trusts the host', () => {
    const settings = config({ registry: { trustedHosts: ['registry.example.com'] } });
    const chosen = chooseRegistry({ ...link, registryUrl: 'https://registry.example.com' }, none, settings);
    expect(chosen).toMatchObject({ sendToken: true });
  });

  it('is refused behind an annotation that the operator disabled', () => {
    const settings = config({ registry: { urlAnnotation: 'disabled' } });
    const chosen = chooseRegistry({ ...link, registryUrl: 'https://registry.example.com' }, none, settings);
    expect(chosen).toEqual({
      reason: 'RegistryRejected',
      note: 'Annotation modelregistry.kubeflow.org/url is disabled by the operator.',
    });
  });

  it('is the named service', () => {
    const services = { named: service('mine'), labelled: [service('a'), service('b')] };
    expect(chooseRegistry({ ...link, registryName: 'mine' }, services, config())).toMatchObject({
      baseUrl: 'http://mine.kubeflow.svc.cluster.local:8080',
      sendToken: true,
    });
  });

  it('is the only labelled service of the namespace', () => {
    expect(
      chooseRegistry(link, { labelled: [service('only')] }, config({ clusterDomain: 'k8s.example' })),
    ).toMatchObject({
      baseUrl: 'http://only.kubeflow.svc.k8s.example:8080',
      foundBy: 'service kubeflow/only, port http-api',
    });
  });

  it('is the only labelled service when the named one does not exist, with a warning that names both', () => {
    const chosen = chooseRegistry(
      { ...link, registryName: 'model-registry' },
      { labelled: [service('model-registry-service')] },
      config(),
    );
    expect(chosen).toMatchObject({
      baseUrl: 'http://model-registry-service.kubeflow.svc.cluster.local:8080',
      warning: {
        reason: 'RegistryNameMismatch',
        note: 'There is no service model-registry in namespace kubeflow; using model-registry-service, the only Model Registry there.',
      },
    });
  });

  it('is not guessed among several', () => {
    expect(chooseRegistry(link, { labelled: [service('a'), service('b')] }, config())).toEqual({
      reason: 'RegistryAmbiguous',
      note: 'More than one Model Registry service found in namespace kubeflow. Specify which one to use via labels.',
    });
  });

  it('is not guessed among several when the named one does not exist; they are listed', () => {
    const chosen = chooseRegistry({ ...link, registryName: 'c' }, { labelled: [service('b'), service('a')] }, config());
    expect('note' in chosen ? chosen.note : '').toContain('There is no service c; found: a, b.');
  });

  it('is asked for when there is none', () => {
    expect(chooseRegistry(link, none, config())).toEqual({
      reason: 'RegistryNotFound',
      note: 'Specify the namespace and the name of the Model Registry service to use by adding labels to the InferenceService.',
    });
  });

  it.each([
    ['modelregistry.kubeflow.org/service-url', 'registry.example.com', 'https://registry.example.com'],
    ['routing.kubeflow.org/external-address-rest', 'gw.example.com/registry/', 'https://gw.example.com/registry'],
    ['routing.opendatahub.io/external-address-rest', 'r-rest.example.com:443', 'https://r-rest.example.com'],
    ['modelregistry.kubeflow.org/service-url', 'http://registry.example.com:8080', 'http://registry.example.com:8080'],
  ])('has the address in annotation %s of its service', (annotation, value, baseUrl) => {
    const services = { labelled: [service('only', [httpApi], { [annotation]: value })] };
    expect(chooseRegistry(link, services, config())).toMatchObject({ baseUrl, sendToken: true });
  });

  it('RS-24: is reached in the configured cluster domain', () => {
    const settings = config({ clusterDomain: 'k8s.example.com' });
    expect(chooseRegistry(link, { labelled: [service('registry')] }, settings)).toMatchObject({
      baseUrl: 'http://registry.kubeflow.svc.k8s.example.com:8080',
    });
  });

  it('ignores an empty address annotation', () => {
    const services = { labelled: [service('only', [httpApi], { 'modelregistry.kubeflow.org/service-url': ' ' })] };
    expect(chooseRegistry(link, services, config())).toMatchObject({
      baseUrl: 'http://only.kubeflow.svc.cluster.local:8080',
    });
  });

  it.each<[string, V1ServicePort[], string]>([
    [
      'https-api before http-api',
      [httpApi, { name: 'https-api', port: 8443 }],
      'https://only.kubeflow.svc.cluster.local:8443',
    ],
    [
      'appProtocol https',
      [{ port: 9443, appProtocol: 'https' }, { port: 1 }],
      'https://only.kubeflow.svc.cluster.local:9443',
    ],
    ['appProtocol http', [{ port: 90, appProtocol: 'http' }, { port: 1 }], 'http://only.kubeflow.svc.cluster.local:90'],
    ['a sole port', [{ port: 8000 }], 'http://only.kubeflow.svc.cluster.local:8000'],
    ['a sole port 8443', [{ port: 8443 }], 'https://only.kubeflow.svc.cluster.local:8443'],
  ])('is reached by %s', (_, ports, baseUrl) => {
    expect(chooseRegistry(link, { labelled: [service('only', ports)] }, config())).toMatchObject({ baseUrl });
  });

  it.each([[[]], [[{ port: 1 }, { port: 2 }]]])('without a recognisable port is reported', (ports) => {
    expect(chooseRegistry(link, { labelled: [service('only', ports)] }, config())).toEqual({
      reason: 'RegistryRejected',
      note: 'Service only in namespace kubeflow has no port named https-api or http-api and not exactly one other.',
    });
  });
});
