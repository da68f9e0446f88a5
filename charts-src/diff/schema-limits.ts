import { isDeepStrictEqual } from 'node:util';
import { type Json, type JsonMap, mapAt, mapsAt, textOf } from '../kubernetes/manifest';

/** Whether a keyword's change refuses values that were fine, and how to say it; undefined when it does not. */
export type Limit = (before: JsonMap, after: JsonMap) => { readonly keyword: string; readonly why: string } | undefined;

/** Keywords of which a larger value allows more, and those of which a smaller one does. */
const ceilings = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
const floors = ['minimum', 'minLength', 'minItems', 'minProperties'];

const bounds: readonly Limit[] = [...ceilings, ...floors].map((keyword) => (before, after) => {
  const [old, bound] = [before[keyword], after[keyword]];
  if (typeof bound !== 'number' || old === bound) return undefined;
  const wider = typeof old === 'number' && (ceilings.includes(keyword) ? bound > old : bound < old);
  // The lowest bound there is says nothing.
  if (wider || (old === undefined && bound === 0 && keyword.startsWith('min') && keyword !== 'minimum'))
    return undefined;
  return {
    keyword,
    why: old === undefined ? `${keyword} ${bound} is new` : `${keyword} goes from ${textOf(old)} to ${bound}`,
  };
});

/** Keywords that allow less by being there at all: any other value is taken to allow less. */
const demands: readonly Limit[] = [
  'pattern',
  'format',
  'multipleOf',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'uniqueItems',
  'not',
  'x-kubernetes-embedded-resource',
].map((keyword) => (before, after) => {
  const demand = after[keyword];
  if (demand === undefined || demand === false || isDeepStrictEqual(before[keyword], demand)) return undefined;
  return { keyword, why: before[keyword] === undefined ? `${keyword} is new` : `${keyword} changes` };
});

/** Keywords that allow more by being there. */
const permissions: readonly Limit[] = [
  'nullable',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
].map(
  (keyword) => (before, after) =>
    before[keyword] === true && after[keyword] !== true ? { keyword, why: `${keyword} is gone` } : undefined,
);

const type: Limit = (before, after) => {
  const [old, now] = [before['type'], after['type']];
  if (now === undefined || old === now || (old === 'integer' && now === 'number')) return undefined;
  // The type of an int-or-string is said by another keyword.
  return {
    keyword: 'type',
    why: old === undefined ? `type ${textOf(now)} is new` : `type goes from ${textOf(old)} to ${textOf(now)}`,
  };
};

const values: Limit = (before, after) => {
  const [old, now] = [before['enum'], after['enum']];
  if (!Array.isArray(now)) return undefined;
  if (!Array.isArray(old)) return { keyword: 'enum', why: 'only certain values are allowed now' };
  const gone = without(old, now);
  return gone.length === 0
    ? undefined
    : { keyword: 'enum', why: `${gone.map(textOf).join(', ')} is not allowed any more` };
};

const required: Limit = (before, after) => {
  const old = demanded(before);
  const added = demanded(after).filter((name) => !old.includes(name));
  return added.length === 0 ? undefined : { keyword: 'required', why: `${added.join(', ')} must be set now` };
};

/** What must be set by the author: a default is filled in before the check. */
function demanded(schema: JsonMap): string[] {
  const names: Json = schema['required'] ?? [];
  const properties = mapAt(schema, 'properties');
  return (Array.isArray(names) ? names : [])
    .map((name: Json) => textOf(name))
    .filter((name) => mapAt(properties, name)['default'] === undefined);
}

const rules: Limit = (before, after) => {
  const keyword = 'x-kubernetes-validations';
  const old = mapsAt(before, keyword).map(({ rule = null }) => rule);
  const added = mapsAt(after, keyword).filter(({ rule = null }) => !old.includes(rule));
  const [first] = added;
  return first === undefined ? undefined : { keyword, why: `a rule is new: ${textOf(first['rule'])}` };
};

const alternatives: readonly Limit[] = ['anyOf', 'oneOf', 'allOf'].map((keyword) => (before, after) => {
  const [old, now] = [before[keyword], after[keyword]];
  if (!Array.isArray(now) || isDeepStrictEqual(old, now)) return undefined;
  if (!Array.isArray(old)) return { keyword, why: `${keyword} is new` };
  // One more to choose from allows more; one more to meet allows less. Of oneOf, every change may do either.
  const narrower = keyword === 'anyOf' ? without(old, now) : keyword === 'allOf' ? without(now, old) : now;
  return narrower.length === 0 ? undefined : { keyword, why: `${keyword} changes` };
});

const uniqueness: Limit = (before, after) => {
  const keyword = 'x-kubernetes-list-type';
  const [old, now] = [before[keyword], after[keyword]];
  if (now !== 'set' && now !== 'map') return undefined;
  const sameKeys = isDeepStrictEqual(before['x-kubernetes-list-map-keys'], after['x-kubernetes-list-map-keys']);
  if (old === now && sameKeys) return undefined;
  return { keyword, why: 'items of the list must differ from each other in another way' };
};

/** Everything that one node of a schema can demand; what lies below it apart. */
export const limits: readonly Limit[] = [
  ...bounds,
  ...demands,
  ...permissions,
  type,
  values,
  required,
  rules,
  ...alternatives,
  uniqueness,
];

function without(list: readonly Json[], others: readonly Json[]): Json[] {
  return list.filter((item) => !others.some((other) => isDeepStrictEqual(item, other)));
}
