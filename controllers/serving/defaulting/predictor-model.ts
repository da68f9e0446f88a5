import { type Framework, frameworks } from '../../../definitions/names/serving';
import { predictorExtension } from '../../../definitions/serving/model';
import { fieldPath, hasShape, unknownMembers } from '../validation/shape';
import type { Predictor } from '../validation/implementations';
import type { Defaulted } from './defaulted';
import { withoutEmptyFrameworks } from './empty-frameworks';

/** Frameworks and formats whose servers speak v2 unless the user says otherwise. */
const v2Frameworks: readonly Framework[] = ['triton', 'onnx', 'huggingface'];
const v2Formats: readonly string[] = ['triton', 'vLLM'];

const place = 'spec.predictor';

/**
 * The predictor with `model` in the place of the one legacy framework block it may have (`sklearn: {...}`), and with the
 * protocol of formats that know only one. Where several implementations stand side by side nothing is moved, so that
 * validation can tell the user about all of them.
 */
export function withModel(written: Predictor): Defaulted<Predictor> {
  const { value: predictor, warnings } = withoutEmptyFrameworks(written, place);
  const moved = withFrameworkAsModel(predictor);
  return { value: withProtocol(moved.value), warnings: [...warnings, ...moved.warnings] };
}

function withFrameworkAsModel(predictor: Predictor): Defaulted<Predictor> {
  const [framework, ...others] = frameworks.filter((name) => predictor[name] !== undefined);
  if (framework === undefined || others.length > 0 || predictor.model !== undefined) {
    return { value: predictor, warnings: [] };
  }
  const { [framework]: block, ...rest } = predictor;
  const { value: extension, warnings } = withoutUnknownMembers(block, framework);
  // A block of wrong types stays: validation names the member.
  if (!hasShape(predictorExtension, extension)) return { value: predictor, warnings: [] };
  const protocol = v2Frameworks.includes(framework) ? { protocolVersion: 'v2' } : {};
  return { value: { ...rest, model: { modelFormat: { name: framework }, ...protocol, ...extension } }, warnings };
}

/** The API server prunes what the schema of `model` does not declare; framework blocks are open and come unpruned. */
function withoutUnknownMembers(block: unknown, framework: Framework): Defaulted<unknown> {
  const unknown = unknownMembers(predictorExtension, block);
  return {
    value: unknown.reduce((pruned, { path, name }) => without(pruned, [...path, name]), block),
    warnings: unknown.map(({ path, name }) => `unknown field "${fieldPath(`${place}.${framework}`, [...path, name])}"`),
  };
}

/** The value without the member at a path. */
function without(value: unknown, [step, ...more]: readonly PropertyKey[]): unknown {
  if (Array.isArray(value)) {
    return value.map((element: unknown, index) => (index === step ? without(element, more) : element));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
      if (name !== step) return [[name, member]];
      return more.length === 0 ? [] : [[name, without(member, more)]];
    }),
  );
}

function withProtocol(predictor: Predictor): Predictor {
  const { model } = predictor;
  if (model === undefined || model.protocolVersion !== undefined) return predictor;
  if (!v2Formats.includes(model.modelFormat?.name ?? '')) return predictor;
  return { ...predictor, model: { ...model, protocolVersion: 'v2' } };
}
