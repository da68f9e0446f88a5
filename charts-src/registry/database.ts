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

/** External Secrets of some values, each once. */
export function externalSecrets(refs: readonly SecretRef[]): string[] {
  return [...new Set(refs.map(({ name }) => `Secret/${name}`))].sort();
}
