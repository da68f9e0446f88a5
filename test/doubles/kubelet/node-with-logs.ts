import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from '../../../controllers/runtime/self-signed-certificate';
import type { TestCluster } from '../../cluster/test-cluster';

/** A node that is there. */
export interface NodeWithLogs {
  close(): Promise<void>;
}

/** What a container on such a node has written. */
export const logOf = (namespace: string, pod: string, container: string) => `${namespace}/${pod}/${container} is up\n`;

/**
 * A Node whose kubelet answers the API server for the logs of containers, which nobody runs: one line each, {@link logOf}. So
 * `kubectl logs` goes the whole way. No other path of a kubelet is served.
 */
export async function startNodeWithLogs(cluster: TestCluster, name: string): Promise<NodeWithLogs> {
  const { cert, key } = selfSignedCertificate('localhost', Date.now());
  const server = createServer({ cert, key }, ({ url = '/' }, response) => {
    const [, path, namespace = '', pod = '', container = ''] = new URL(url, 'https://localhost').pathname.split('/');
    const found = path === 'containerLogs' && container !== '';
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/plain' });
    response.end(found ? logOf(namespace, pod, container) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
  await cluster.create(node);
  const { port } = server.address() as AddressInfo;
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  await cluster.patch(node, { status }, { subresource: 'status' });
  return {
    async close() {
      await cluster.remove(node);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
