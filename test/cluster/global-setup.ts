import { type ClusterConnection, connectionVariable } from './cluster-connection';
import { keepCluster } from './jest-cluster';
import { startCluster } from './start-cluster';

/** Starts the one cluster of a jest run, unless SLIPWAY_TEST_CLUSTER=off. */
export default async function globalSetup(): Promise<void> {
  if (process.env['SLIPWAY_TEST_CLUSTER'] === 'off') return;
  const cluster = await startCluster({ controllerManager: 'housekeeping' });
  keepCluster(cluster);
  const { url, ca, adminToken, adminKubeconfig, directory, audit, controllerManager } = cluster;
  const connection: ClusterConnection = { url, ca, adminToken, adminKubeconfig, directory, audit, controllerManager };
  // Workers are started later and inherit it.
  process.env[connectionVariable] = JSON.stringify(connection);
}
