import type * as z from 'zod';
import { checkKeywords } from './keywords';
import { NotStructural } from './not-structural';
import type { ValueConstraint } from './structural-schema';
import { valueConstraints } from './value-constraints';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Keywords that shape or document a value: they must stand outside of `allOf`, `anyOf`, `oneOf` and `not`. */
const shaping = new Set(['type', 'default', 'description', 'nullable', 'additionalProperties']);

/**
 * The combinators of a node, which may only constrain what the node itself declares.
 *
 * @throws NotStructural
 */
export function combinators(node: JsonSchema, path: string): ValueConstraint {
  return combinatorsOf(node, node, path, '');
}

function combinatorsOf(node: JsonSchema, around: JsonSchema, path: string, place: string): ValueConstraint {
  const all = (keyword: 'allOf' | 'anyOf' | 'oneOf') =>
    node[keyword]?.map((branch, index) => branchOf(branch, around, path, `${place}${keyword}[${index}]`));
  const [allOf, anyOf, oneOf] = [all('allOf'), all('anyOf'), all('oneOf')];
  return {
    ...(allOf && { allOf }),
    ...(anyOf && { anyOf }),
    ...(oneOf && { oneOf }),
    ...(node.not !== undefined && { not: branchOf(node.not, around, path, `${place}not`) }),
  };
}

function branchOf(branch: JsonSchema | boolean, around: JsonSchema, path: string, place: string): ValueConstraint {
  if (typeof branch === 'boolean') {
    throw new NotStructural(path, `${place} is ${branch}; write a constraint`);
  }
  checkKeywords(branch, path);
  const shape = Object.keys(branch).find((keyword) => shaping.has(keyword) || keyword.startsWith('x-kubernetes-'));
  if (shape !== undefined) {
    throw new NotStructural(
      path,
      `${shape} inside ${place} is not allowed (a union of types has no structural form); declare one type beside it`,
    );
  }
  const members = Object.entries(branch.properties ?? {}).map(([name, member]): [string, ValueConstraint] => [
    name,
    branchOf(member, declared(around.properties?.[name], `member ${name}`, path, place), path, `${place}.${name}`),
  ]);
  const { items } = branch;
  return {
    ...valueConstraints(branch),
    ...(members.length > 0 && { properties: Object.fromEntries(members) }),
    ...(isSchema(items) && {
      items: branchOf(items, declared(around.items, 'items', path, place), path, `${place}[]`),
    }),
    ...combinatorsOf(branch, around, path, `${place}.`),
  };
}

function declared(schema: unknown, what: string, path: string, place: string): JsonSchema {
  if (!isSchema(schema)) {
    throw new NotStructural(path, `${place} constrains the ${what}, not declared beside it; declare it there`);
  }
  return schema;
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}
