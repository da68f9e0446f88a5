import { Construct } from 'constructs';
import { registryApiPath, registryPort } from '../../definitions/names/model-registry';
import {
  DestinationRule,
  DestinationRuleSpecTrafficPolicyTlsMode,
  VirtualService,
} from '../../imports/networking.istio.io';
import { AuthorizationPolicy, AuthorizationPolicySpecAction } from '../../imports/security.istio.io';
import { registryNames } from './names';
import type { RegistryOptions } from './options';

/** What Istio is told of a registry. */
export interface RegistryMeshProps {
  readonly options: RegistryOptions;
  readonly mesh: NonNullable<RegistryOptions['mesh']>;
  /** Identity of the registry sync controller, if there is one. */
  readonly controllerPrincipal?: string;
}

/** Encryption inside the mesh, the way in from the gateway, and who may come. */
export class RegistryMesh extends Construct {
  constructor(scope: Construct, id: string, { options, mesh, controllerPrincipal }: RegistryMeshProps) {
    super(scope, id);
    const { namespace } = options;
    const names = registryNames(options);
    const host = `${names.service}.${namespace}.svc.cluster.local`;
    new DestinationRule(this, 'DestinationRule', {
      metadata: { name: names.service, namespace },
      spec: { host, trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL } } },
    });
    new VirtualService(this, 'VirtualService', {
      metadata: { name: names.virtualService, namespace },
      spec: {
        gateways: [mesh.gateway],
        hosts: ['*'],
        http: [
          {
            match: [{ uri: { prefix: `${registryApiPath}/` } }],
            route: [{ destination: { host, port: { number: registryPort } } }],
          },
        ],
      },
    });
    const identities = [mesh.gatewayPrincipal, ...(controllerPrincipal === undefined ? [] : [controllerPrincipal])];
    const principals = mesh.whoeverThePolicyAdmits ? ['*'] : [...identities, ...mesh.principals];
    new AuthorizationPolicy(this, 'AuthorizationPolicy', {
      metadata: { name: names.service, namespace },
      spec: {
        action: AuthorizationPolicySpecAction.ALLOW,
        selector: { matchLabels: { ...names.selector } },
        rules: [
          { from: [{ source: { principals } }] },
          ...(mesh.namespaces.length === 0 ? [] : [{ from: [{ source: { namespaces: [...mesh.namespaces] } }] }]),
        ],
      },
    });
  }
}
