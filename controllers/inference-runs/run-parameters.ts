import type { InferenceRun } from '../../definitions/inference/inference-run';
import { configMaps } from '../../definitions/kubernetes/core-resources';
import { blockReasons } from '../../definitions/names/inference';
import type { KubernetesClient } from '../runtime/client';
import type { Block } from './run-status';

/** Parameters of a run, or why they can't be had. */
export type Parameters =
  { readonly parameters: Readonly<Record<string, string>> | undefined } | { readonly block: Block };

/**
 * Parameters of a run: those of ConfigMaps, later ones over earlier ones, and over them those that the run says itself. Secrets are not
 * read: their values reach the runner as variables of its container.
 */
export async function parametersOf(
  { metadata: { namespace = '' }, spec }: InferenceRun,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Parameters> {
  const { parameters, parametersFrom = [] } = spec ?? {};
  const merged: Record<string, string> = {};
  for (const { configMapRef, prefix = '' } of parametersFrom) {
    if (configMapRef === undefined) continue;
    const { name, optional = false } = configMapRef;
    const configMap = await client.get(configMaps, { namespace, name }, { signal });
    if (configMap === undefined && !optional) {
      const message = `ConfigMap ${namespace}/${name}, which parametersFrom names, does not exist: make it, or say optional`;
      return { block: { reason: blockReasons.parametersNotFound, message } };
    }
    for (const [key, value] of Object.entries(configMap?.data ?? {})) merged[prefix + key] = value;
  }
  if (parameters === undefined && Object.keys(merged).length === 0) return { parameters: undefined };
  return { parameters: { ...merged, ...parameters } };
}
