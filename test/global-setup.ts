import { type ClusterConnection, connectionVariable } from './cluster/cluster-connection';
import { startCluster } from './cluster/start-cluster';
import { keepRun } from './jest-run';
import { makeProgram, programVariable } from './program/bundled-program';

/** Starts the one cluster of a jest run and bundles the program once, unless SLIPWAY_TEST_CLUSTER=off. */
export default async function globalSetup(): Promise<void> {
  if (process.env['SLIPWAY_TEST_CLUSTER'] === 'off') return;
  const program = await makeProgram();
  const cluster = await startCluster({ controllerManager: 'housekeeping' }).catch(async (error: unknown) => {
    await program.remove();
    throw error;
  });
  keepRun({ cluster, program });
  const { url, ca, adminToken, adminKubeconfig, directory, audit, controllerManager } = cluster;
  const connection: ClusterConnection = { url, ca, adminToken, adminKubeconfig, directory, audit, controllerManager };
  // Workers are started later and inherit them.
  process.env[connectionVariable] = JSON.stringify(connection);
  process.env[programVariable] = program.program;
}
