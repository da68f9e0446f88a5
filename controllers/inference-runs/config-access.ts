import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import { runAnnotations } from '../../definitions/names/inference';

/**
 * Whether a run may use a config: one of its own namespace; one of another namespace where the controller allows that, or the config
 * names the run's namespace in its annotation.
 */
export function mayUse(
  { metadata: { namespace: runNamespace } }: InferenceRun,
  { metadata: { namespace, annotations } }: InferenceConfig,
  allowCrossNamespaceConfig: boolean,
): boolean {
  if (namespace === runNamespace || allowCrossNamespaceConfig) return true;
  const allowed = (annotations?.[runAnnotations.allowedNamespaces] ?? '').split(',').map((name) => name.trim());
  return allowed.includes('*') || (runNamespace !== undefined && allowed.includes(runNamespace));
}
