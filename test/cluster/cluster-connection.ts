import * as z from 'zod';
import type { AuditLevel } from './audit-policy';
import type { ControllerManagerMode } from './control-plane-flags';

/** How to reach a running test cluster. Plain data: it crosses from jest's parent process to its workers as JSON. */
export interface ClusterConnection {
  /** `https://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Certificates that vouch for the API server, PEM. */
  readonly ca: string;
  /** Token of a user in `system:masters`. */
  readonly adminToken: string;
  /** Path of a kubeconfig for that user. */
  readonly adminKubeconfig: string;
  /** Directory of the cluster; gone when it stops. */
  readonly directory: string;
  readonly audit: AuditLevel;
  readonly controllerManager: ControllerManagerMode;
}

const connectionSchema: z.ZodType<ClusterConnection> = z.object({
  url: z.url(),
  ca: z.string(),
  adminToken: z.string(),
  adminKubeconfig: z.string(),
  directory: z.string(),
  audit: z.enum(['writes', 'metadata', 'off']),
  controllerManager: z.enum(['off', 'housekeeping', 'workloads', 'all']),
});

/** Environment variable that hands the connection from jest's global setup to its workers. */
export const connectionVariable = 'SLIPWAY_TEST_CLUSTER_CONNECTION';

/**
 * The connection that jest's global setup left for this process.
 *
 * @throws when there is none, with the reason
 */
export function connectionFromEnvironment(environment: NodeJS.ProcessEnv): ClusterConnection {
  const text = environment[connectionVariable];
  if (text !== undefined) return connectionSchema.parse(JSON.parse(text));
  throw new Error(
    environment['SLIPWAY_TEST_CLUSTER'] === 'off'
      ? 'connecting to the test cluster: SLIPWAY_TEST_CLUSTER=off: unset it to run tests that need a cluster'
      : "connecting to the test cluster: none was started: run the test with this repository's jest.config.js",
  );
}
