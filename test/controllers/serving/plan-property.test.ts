import { inspect, isDeepStrictEqual } from 'node:util';
import { ComponentFailure } from '../../../controllers/serving/component-failure';
import { planExplainer } from '../../../controllers/serving/explainer/plan-explainer';
import { planPredictor } from '../../../controllers/serving/predictor/plan-predictor';
import { PredictorFailure } from '../../../controllers/serving/predictor-failure';
import { planTransformer } from '../../../controllers/serving/transformer/plan-transformer';
import { frozen } from './frozen';
import { generator, randomNumbers } from './generated-services';
import { settings } from './plan-fixtures';

const rounds = 5_000;

describe('any InferenceService', () => {
  it(`gets a plan or a failure that can be told, in ${rounds} generated ones`, () => {
    const make = generator(randomNumbers(20_261_121));
    const outcomes = { planned: 0, told: 0 };
    const attempt = (plan: () => unknown) => {
      try {
        const result = plan();
        // A plan is written as JSON: nothing may be in it that does not survive that.
        if (!isDeepStrictEqual(JSON.parse(JSON.stringify(result ?? null)), result ?? null)) {
          throw new Error(`${inspect(result, { depth: 9 })} is no JSON`);
        }
        outcomes.planned += 1;
      } catch (error) {
        if (!(error instanceof PredictorFailure || error instanceof ComponentFailure)) {
          throw error;
        }
        if (error.message === '') {
          throw new Error('a failure says nothing', { cause: error });
        }
        outcomes.told += 1;
      }
    };
    for (let round = 0; round < rounds; round += 1) {
      // What the stores hold must not change: changing something frozen throws.
      const inferenceService = frozen(make.inferenceService());
      const sources = frozen({
        runtimes: { namespaced: make.list(make.runtime, 2), cluster: make.list(make.runtime, 2) },
        storageContainers: make.list(make.storageContainer, 1),
        settings,
      });
      attempt(() => planPredictor(inferenceService, sources));
      attempt(() => planTransformer(inferenceService, settings));
      attempt(() => planExplainer(inferenceService, settings));
    }
    // Both ends are reached often, so that neither is all there is.
    expect(outcomes.planned).toBeGreaterThan(rounds);
    expect(outcomes.told).toBeGreaterThan(rounds / 10);
  }, 180_000);
});
