import type { InferenceService } from '../../definitions/serving/inference-service';
import type { ChosenRuntime, ComponentPlan } from './component-plan';
import type { LiveConfig } from './config/live-config';
import { planExplainer } from './explainer/plan-explainer';
import type { ComponentPlans } from './ingress/component-plans';
import { planPredictor } from './predictor/plan-predictor';
import type { ServingStores } from './serving-stores';
import { planTransformer } from './transformer/plan-transformer';

/** What an InferenceService is to run. */
export interface PlannedComponents {
  readonly plans: ComponentPlans;
  /** Of the predictor. */
  readonly runtime?: ChosenRuntime;
  /** Whether the predictor needs the ConfigMap with the list of its models. */
  readonly multiModel: boolean;
}

/** Puts the files of a component's `storageUris` into its pods. */
export type StorageInjector = (plan: ComponentPlan, inferenceService: InferenceService) => Promise<ComponentPlan>;

/** Computes what InferenceServices are to run, from the stores and the settings of the moment. */
export class Planner {
  constructor(
    private readonly stores: Pick<ServingStores, 'servingRuntimes' | 'clusterServingRuntimes' | 'storageContainers'>,
    private readonly config: LiveConfig,
    private readonly inject: StorageInjector,
  ) {}

  /** @throws PredictorFailure, ComponentFailure, ConfigUnusable */
  async plan(inferenceService: InferenceService): Promise<PlannedComponents> {
    const { servingRuntimes, clusterServingRuntimes, storageContainers } = this.stores;
    const { namespace } = inferenceService.metadata;
    const settings = this.config.pick('inferenceService', 'explainers');
    const predictor = planPredictor(inferenceService, {
      runtimes: { namespaced: servingRuntimes.list(namespace), cluster: clusterServingRuntimes.list() },
      storageContainers: storageContainers.list(),
      settings,
    });
    const transformer = planTransformer(inferenceService, settings);
    const explainer = planExplainer(inferenceService, settings);
    const withFiles = (plan: ComponentPlan) => this.inject(plan, inferenceService);
    return {
      plans: {
        predictor: await withFiles(predictor.plan),
        ...(transformer === undefined ? {} : { transformer: await withFiles(transformer) }),
        ...(explainer === undefined ? {} : { explainer: await withFiles(explainer) }),
      },
      multiModel: predictor.multiModel,
      ...(predictor.runtime === undefined ? {} : { runtime: predictor.runtime }),
    };
  }
}
