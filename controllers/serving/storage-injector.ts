import type { LiveConfig } from './config/live-config';
import { ComponentFailure } from './component-failure';
import type { StorageInjector } from './planner';
import { PodMutationError } from './pod-mutation/pod-mutation-error';
import { injectStorageUris } from './pod-mutation/storage/inject-storage-uris';
import type { PodSurroundings } from './pod-mutation/surroundings';
import { PredictorFailure } from './predictor-failure';

/** Puts the files of `storageUris` into the pods of each component; other sources are the pod webhook's. */
export function storageInjector(
  config: LiveConfig,
  managerNamespace: string,
  surroundings: PodSurroundings,
): StorageInjector {
  return async (plan, { spec }) => {
    const { storageUris } = spec[plan.component] ?? {};
    if (storageUris === undefined || storageUris.length === 0) return plan;
    const { storageContainerName } = spec.predictor;
    const storageSpec =
      plan.component === 'predictor'
        ? spec.predictor.model?.storage
        : plan.component === 'explainer'
          ? spec.explainer?.art?.storage
          : undefined;
    const place = { namespace: plan.namespace, managerNamespace, annotations: plan.annotations };
    const settings = config.pick('storageInitializer', 'credentials');
    try {
      const podSpec = await injectStorageUris(
        plan.podSpec,
        {
          ...place,
          storageUris,
          ...(storageSpec === undefined ? {} : { storageSpec }),
          ...(storageContainerName === undefined ? {} : { storageContainerName }),
        },
        settings,
        surroundings,
      );
      return { ...plan, podSpec };
    } catch (error) {
      if (!(error instanceof PodMutationError)) throw error;
      throw plan.component === 'predictor'
        ? new PredictorFailure('InvalidPredictorSpec', error.message, error.message)
        : new ComponentFailure(plan.component, error.message);
    }
  };
}
