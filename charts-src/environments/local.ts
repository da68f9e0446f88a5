import { ConfigError } from '../../definitions/config/parse-config';
import { kserveNamespaceLabels } from '../serving/names';
import { type Environment, environment } from './environment';

/** Address of the registry double that `npm start` prefers; when the port is taken it renders with another one. */
export const localRegistryAddress = 'http://127.0.0.1:18080';

/** Where the API server of `npm start` reaches the webhooks of the serving controller, which is no pod there. */
export const localWebhookAddress = 'https://127.0.0.1:9443';

/** The platform on one machine: one replica of everything, the registry outside of the cluster on loopback. */
export function local(
  registryAddress: string = localRegistryAddress,
  webhookAddress: string = localWebhookAddress,
): Environment {
  if (!URL.canParse(registryAddress)) {
    throw new ConfigError('environment local', [
      `registry address: got ${JSON.stringify(registryAddress)}, expected a URL such as ${localRegistryAddress}`,
    ]);
  }
  return environment({
    name: 'local',
    namespaces: [
      { name: 'kserve', labels: kserveNamespaceLabels },
      { name: 'kserve-controller-system' },
      { name: 'kubeflow' },
      // Model servers of KServe's runtimes name no seccomp profile: the restricted standard takes none of their pods.
      { name: 'ml-models', podSecurity: 'baseline' },
    ],
    externalRegistry: { address: registryAddress },
    serving: { webhooks: { url: webhookAddress } },
    servingRuntimes: {},
    // Runs are beside the models.
    inferenceRuns: { watch: ['ml-models'], settings: { workers: 4 } },
    registrySync: { settings: { registry: { trustedHosts: [new URL(registryAddress).host] } } },
  });
}
