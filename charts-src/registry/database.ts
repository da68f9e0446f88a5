import type { k8s } from 'cdk8s-plus-28';
import type { SecretRef } from '../kubernetes/secret-ref';

/** How the registry server gets at its database. */
export interface DatabaseAccess {
  /** Arguments of the server after its address. */
  readonly args: readonly string[];
  readonly env: readonly k8s.EnvVar[];
  /** Whether the server gets its own ConfigMap as variables, and which others. */
  readonly envFrom?: readonly string[];
  readonly volumes?: readonly k8s.Volume[];
  readonly volumeMounts?: readonly k8s.VolumeMount[];
  /** Port that a sidecar has to leave alone: databases speak first, which Istio's proxy does not understand. */
  readonly port?: number;
  /** Where traffic to the database goes. */
  readonly egress: readonly k8s.NetworkPolicyEgressRule[];
  /** Objects of somebody else that the server's pods refer to, as `Kind/name`. */
  readonly external: readonly string[];
}

/** Variable with the connection string: on the command line any process of the node could read it. */
export const dsnVariable = 'MR_EMBEDMD_DATABASE_DSN';

/**
 * Connection string of MySQL's driver, from the variables of the container. Nothing is escaped in it: the driver takes all between the
 * first colon and the last `@` for the password.
 *
 * It has no parameters: the server refuses a connection string with two question marks, and the password may have one. The driver speaks
 * utf8mb4 without being asked, TLS is asked for by flags.
 *
 * Caveats: a password with two question marks is refused by the server, a user name can't have a colon.
 *
 * @param user variable with the user's name
 * @param password variable with the password
 * @param host where the server is
 */
export function mysqlDsn(user: string, password: string, host: string): string {
  return `$(${user}):$(${password})@tcp(${host}:$(MYSQL_PORT))/$(MYSQL_DATABASE)`;
}

/** External Secrets of some values, each once. */
export function externalSecrets(refs: readonly SecretRef[]): string[] {
  return [...new Set(refs.map(({ name }) => `Secret/${name}`))].sort();
}
