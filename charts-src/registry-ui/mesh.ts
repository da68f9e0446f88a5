import type { Construct } from 'constructs';
import {
  DestinationRule,
  DestinationRuleSpecTrafficPolicyTlsMode,
  VirtualService,
} from '../../imports/networking.istio.io';
import { AuthorizationPolicy, AuthorizationPolicySpecAction } from '../../imports/security.istio.io';
import { meshPort, uiNames, uiSelector } from './names';
import type { RegistryUiOptions } from './options';

type BehindIstio = Extract<RegistryUiOptions['exposure'], { mode: 'istio' }>;

/** The UI below `/model-registry/` of the dashboard's gateway, for nobody but the gateway. */
export function addMesh(scope: Construct, namespace: string, { gateway, gatewayPrincipal }: BehindIstio): void {
  const metadata = { name: uiNames.mesh, namespace, labels: { ...uiSelector } };
  const host = `${uiNames.service}.${namespace}.svc.cluster.local`;
  new DestinationRule(scope, 'DestinationRule', {
    metadata,
    spec: { host, trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL } } },
  });
  new VirtualService(scope, 'VirtualService', {
    metadata,
    spec: {
      gateways: [gateway],
      hosts: ['*'],
      http: [
        {
          headers: { request: { add: { 'x-forwarded-prefix': '/model-registry' } } },
          match: [{ uri: { prefix: '/model-registry/' } }],
          rewrite: { uri: '/' },
          route: [{ destination: { host, port: { number: meshPort } } }],
        },
      ],
    },
  });
  new AuthorizationPolicy(scope, 'AuthorizationPolicy', {
    metadata,
    spec: {
      action: AuthorizationPolicySpecAction.ALLOW,
      selector: { matchLabels: { ...uiSelector } },
      rules: [{ from: [{ source: { principals: [gatewayPrincipal] } }] }],
    },
  });
}
