import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceAccountDirectory } from '../../definitions/names/controller';
import { causeText } from './cause-text';
import type { Clock } from './clock';
import type { ClusterConfig } from './cluster-config';
import { tokenFile } from './token-file';

/**
 * Configuration of a pod: the API server's Service from the environment, token and CA from the ServiceAccount's directory
 * (`SLIPWAY_SERVICE_ACCOUNT_DIRECTORY` names another one).
 *
 * @returns undefined outside a cluster
 * @throws Error naming the directory when the environment says "in a cluster" and the files are not there
 */
export function inClusterConfig(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): ClusterConfig | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || host === '' || port === undefined || port === '') return undefined;
  const directory = env['SLIPWAY_SERVICE_ACCOUNT_DIRECTORY'] ?? serviceAccountDirectory;
  const token = tokenFile(join(directory, 'token'), clock);
  const namespaceFile = join(directory, 'namespace');
  return {
    source: 'the ServiceAccount of the pod',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: { ca: readCa(directory) },
    ...(existsSync(namespaceFile) ? { namespace: readFileSync(namespaceFile, 'utf8').trim() } : {}),
    authenticate: async () => ({ authorization: `Bearer ${await token()}` }),
  };
}

function readCa(directory: string): string {
  try {
    return readFileSync(join(directory, 'ca.crt'), 'utf8');
  } catch (error) {
    throw new Error(
      `reading the ServiceAccount in ${directory}: ${causeText(error)}: is automountServiceAccountToken off?`,
      {
        cause: error,
      },
    );
  }
}
