import type { Contract } from '../../../definitions/inference/contract';
import type { InputTensor, TensorDatatype } from '../../../definitions/inference/model-endpoint';
import type { JsonValue } from '../json';
import { contractRefusal } from './contract-refusal';
import { hasNan, isBinaryOnly } from './datatype';
import { cellReader, type Cells, type NullRule } from './item-cells';
import { itemPart, type ItemPart } from './item-part';
import { checkedBase64, textOfBase64 } from './sent-text';
import type { ModelMetadata } from './v2-answer';

/** Name of the input of KServe's scikit-learn server, for models that don't tell theirs. */
const usualInput = 'input-0';

/** One input tensor: what it is called, and how items become its rows. */
export interface InputLayout {
  readonly name: string;
  readonly datatype: TensorDatatype;
  /** Dimensions that are wanted, without the batch; absent: those of the items. */
  readonly wanted?: readonly number[];
  readonly part: ItemPart;
  readonly cells: (item: JsonValue) => Cells;
  /** The cells as they are written. @throws UnfitItem */
  readonly sent: (cells: JsonValue) => JsonValue;
  readonly encoding: 'utf8' | 'base64';
  readonly binary: boolean;
  readonly parameters?: Readonly<Record<string, JsonValue>>;
}

/**
 * The input tensors. What the config says comes before what the model says, and that before the usual.
 *
 * Without `inputs` in the config, and with several at the model, each takes the member of the item that is called like it.
 *
 * @throws RunnerError with exit code 2 for settings that can't work together
 */
export function inputLayouts(
  model: Contract['kserve'],
  metadata: ModelMetadata | undefined,
  nullsByDefault: NullRule,
): readonly InputLayout[] {
  const offered = metadata?.inputs ?? [];
  const unnamed = model.inputs === undefined && model.modelInputName === undefined;
  const configured: readonly InputTensor[] =
    model.inputs ?? (unnamed && offered.length > 1 ? offered.map(({ name }) => ({ name, from: member(name) })) : [{}]);
  return configured.map((input, position) => {
    const setting = `kserve.inputs[${position}]`;
    const name = input.name ?? model.modelInputName ?? offered[position]?.name ?? usualInput;
    const told = offered.find((tensor) => tensor.name === name);
    const datatype = input.datatype ?? told?.datatype ?? 'FP32';
    const shape = input.shape ?? told?.shape;
    const { null: nulls = nullsByDefault, encoding = 'utf8' } = input;
    if (nulls === 'nan' && !hasNan(datatype)) {
      throw contractRefusal(`${setting}.null: nan is no value of ${datatype}: use zero or error`);
    }
    const binary = inBinary(model.v2?.binary ?? 'off', setting, { name, datatype, nulls, encoding });
    return {
      name,
      datatype,
      // A shape without dimensions has no batch either: there is nothing to learn from it.
      ...(shape === undefined || shape.length === 0 ? {} : { wanted: shape.slice(1) }),
      part: itemPart(input.from, `${setting}.from`),
      cells: cellReader(datatype, nulls),
      sent: datatype !== 'BYTES' || encoding === 'utf8' ? asItIs : binary ? checkedBase64 : textOfBase64,
      encoding,
      binary,
      ...(isParameters(input.parameters) ? { parameters: input.parameters } : {}),
    };
  });
}

function inBinary(
  mode: 'auto' | 'on' | 'off',
  setting: string,
  input: { name: string; datatype: TensorDatatype; nulls: NullRule; encoding: 'utf8' | 'base64' },
): boolean {
  const { name, datatype, nulls, encoding } = input;
  if (mode === 'on') return true;
  const why = isBinaryOnly(datatype)
    ? `${datatype} has no form in JSON`
    : nulls === 'nan'
      ? 'JSON has no NaN'
      : undefined;
  if (mode === 'off' && why !== undefined) {
    throw contractRefusal(`${setting}: tensor ${name}: ${why}: set kserve.v2.binary to auto`);
  }
  return mode === 'auto' && (why !== undefined || (datatype === 'BYTES' && encoding === 'base64'));
}

function asItIs(cells: JsonValue): JsonValue {
  return cells;
}

/** Any name as a path of one step, whatever characters it has. */
function member(name: string): string {
  return `$['${name.replace(/['\\]/g, '\\$&')}']`;
}

/** Parameters come from the Contract, which is JSON. */
function isParameters(value: unknown): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null;
}
