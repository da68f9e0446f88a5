import { isDeepStrictEqual } from 'node:util';
import { type Framework, frameworks } from '../../../definitions/names/serving';
import type { Defaulted } from './defaulted';

/** A predictor of whatever origin, as far as this rule reads it. */
type FrameworkHolder = { readonly model?: unknown } & { readonly [Member in Framework]?: unknown };

/**
 * The predictor without framework blocks that stand beside `model` and say nothing that it does not say. Upstream puts
 * such a block in the place of `model`, and the user's storageUri is lost. A block that says something else stays: the
 * service is refused for having two implementations.
 *
 * @param path of the predictor, for warnings
 */
export function withoutEmptyFrameworks<P extends FrameworkHolder>(predictor: P, path: string): Defaulted<P> {
  const { model } = predictor;
  if (!isObject(model)) return { value: predictor, warnings: [] };
  const dropped = frameworks.filter((framework) => {
    const block = predictor[framework];
    return block !== undefined && addsNothing(block, model, framework);
  });
  if (dropped.length === 0) return { value: predictor, warnings: [] };
  const kept: P = { ...predictor };
  for (const framework of dropped) Reflect.deleteProperty(kept, framework);
  return {
    value: kept,
    warnings: dropped.map(
      (framework) => `${path}.${framework} is dropped: it adds nothing to ${path}.model; remove it from the manifest`,
    ),
  };
}

function addsNothing(block: unknown, model: Readonly<Record<string, unknown>>, framework: Framework): boolean {
  if (isNothing(block)) return true;
  if (!isObject(block)) return false;
  const said = Object.entries(block).filter(([, value]) => !isNothing(value));
  if (said.length === 0) return true;
  // The same files for another framework are another implementation.
  const sameFormat = isObject(model['modelFormat']) && model['modelFormat']['name'] === framework;
  return (
    sameFormat && said.every(([name, value]) => Object.hasOwn(model, name) && isDeepStrictEqual(value, model[name]))
  );
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
