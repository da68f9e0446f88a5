import type { ComponentExtension } from '../component-plan';
import type { Refusal } from './verdict';

const loggedParts = ['all', 'request', 'response'];

/** Rules of what predictor, transformer and explainer have in common: replicas, concurrency, logging. */
export function refusedExtension(extension: ComponentExtension): Refusal {
  const { containerConcurrency = 0, minReplicas, maxReplicas = 0, logger } = extension;
  if (containerConcurrency < 0) return 'parallelism cannot be less than 0';
  if (minReplicas !== undefined && minReplicas < 0) return "'MinReplicas' cannot be less than 0";
  if (maxReplicas < 0) return "'MaxReplicas' cannot be less than 0";
  if (maxReplicas !== 0 && (minReplicas ?? 1) > maxReplicas) {
    return "'MinReplicas' cannot be greater than MaxReplicas";
  }
  return logger && refusedLogger(logger);
}

function refusedLogger({ mode, storage }: NonNullable<ComponentExtension['logger']>): Refusal {
  if (!loggedParts.includes(mode ?? '')) return 'invalid logger type';
  if (storage === undefined) return undefined;
  const { path, parameters, key } = storage;
  return path === undefined || parameters === undefined || key === undefined
    ? 'invalid logger storage configuration'
    : undefined;
}
