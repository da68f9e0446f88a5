import { type Framework, frameworks } from '../../../definitions/names/serving';
import { predictorExtension } from '../../../definitions/serving/model';
import { shapeProblem } from './shape';
import { type Refusal, firstRefusal } from './verdict';

/**
 * Refuses legacy framework blocks with members of the wrong type. The CustomResourceDefinition leaves these blocks open,
 * so nobody has looked at them before.
 */
export function refusedFrameworks(predictor: { readonly [Member in Framework]?: unknown }, path: string): Refusal {
  return firstRefusal(frameworks, (framework) => {
    const block = predictor[framework];
    return block === undefined ? undefined : shapeProblem(predictorExtension, block, `${path}.${framework}`);
  });
}
