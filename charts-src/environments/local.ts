import { ConfigError } from '../../definitions/config/parse-config';
import { type Environment, environment } from './environment';

/** Address of the registry double that `npm start` prefers; when the port is taken it renders with another one. */
export const localRegistryAddress = 'http://127.0.0.1:18080';

/** The platform on one machine: one replica of everything, the registry outside of the cluster on loopback. */
export function local(registryAddress: string = localRegistryAddress): Environment {
  if (!URL.canParse(registryAddress)) {
    throw new ConfigError('environment local', [
      `registry address: got ${JSON.stringify(registryAddress)}, expected a URL such as ${localRegistryAddress}`,
    ]);
  }
  return environment({
    name: 'local',
    namespaces: [{ name: 'kubeflow' }, { name: 'ml-models' }],
    externalRegistry: { address: registryAddress },
    registrySync: { settings: { registry: { trustedHosts: [new URL(registryAddress).host] } } },
  });
}
