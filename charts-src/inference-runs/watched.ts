import { ConfigError } from '../../definitions/config/parse-config';
import { inferenceRunsNames } from './names';
import type { InferenceRunsOptions } from './options';

/** Namespaces whose runs are worked on; none stands for all. */
export function watchedNamespaces({ watch, namespace }: Pick<InferenceRunsOptions, 'watch' | 'namespace'>): string[] {
  if (watch === 'all') return [];
  return watch === 'own-namespace' ? [namespace] : [...new Set(watch)].sort();
}

/**
 * Namespaces in which runners work, as far as they are known beforehand.
 *
 * @throws ConfigError when an account is to be created and nobody says where
 */
export function runnerNamespaces(options: InferenceRunsOptions): readonly string[] {
  const { runners, watch } = options;
  const namespaces = runners.namespaces ?? watchedNamespaces(options);
  if (namespaces.length === 0 && runners.serviceAccount.create) {
    throw new ConfigError('inferenceRuns', [
      `runners.namespaces: got none beside watch: ${String(watch)}, name the namespaces that get the account of runners, or set runners.serviceAccount.create: false`,
    ]);
  }
  return namespaces;
}

/** Account of runners whose config names none; undefined: the `default` of the run's namespace. */
export function runnerAccount(options: InferenceRunsOptions): string | undefined {
  const { create, name } = options.runners.serviceAccount;
  return name ?? (create ? inferenceRunsNames(options).runnerAccount : undefined);
}
