import * as z from 'zod';
import { trafficPercent } from './component-extension';
import { canaryPredictor } from './predictor';

/**
 * An element of `spec.canary`: a predictor beside the stable one, and its share of the traffic. The
 * CustomResourceDefinition leaves `spec.canary` open, because an older form with one object must reach admission; this
 * is what admission holds each element against.
 */
export const canarySpec = z.strictObject({
  predictor: canaryPredictor.describe('What differs from the stable predictor; its name is required by admission.'),
  trafficPercent: trafficPercent.describe('Share of the traffic in percent.'),
});
