import * as z from 'zod';
import { combinators } from './combinators';
import { checkDefault } from './default-rules';
import { extensionsOf } from './extensions';
import { intOrStringOf } from './int-or-string';
import { checkKeywords } from './keywords';
import { checkList } from './list-rules';
import { NotStructural } from './not-structural';
import type { StructuralSchema } from './structural-schema';
import { checkText } from './text-rules';
import { valueConstraints } from './value-constraints';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Converted schemas: a namespaced kind and its cluster-scoped sibling share one, and a conversion takes tens of milliseconds. */
const structural = new WeakMap<z.ZodType, StructuralSchema>();

/**
 * Converts a zod schema to the structural schema of a CustomResourceDefinition: the input side of the zod schema, so
 * members with a default are not required.
 *
 * What zod says and Kubernetes needs no telling is dropped: objects are closed anyway (the API server prunes unknown
 * members, or refuses them under strict field validation), and an integer without bounds is an int64.
 *
 * @throws NotStructural when the API server would refuse the result, or a member lacks a description
 */
export function toStructural(schema: z.ZodType): StructuralSchema {
  const known = structural.get(schema);
  if (known !== undefined) return known;
  // `openapi-3.0` says `nullable` and exclusive bounds as Kubernetes does. What JSON can't represent comes as {}, which
  // has no type and is refused below with its path, as are members that refer to `definitions`.
  const { definitions: _, ...root } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'openapi-3.0',
    unrepresentable: 'any',
  });
  const converted = convert(root, '');
  structural.set(schema, converted);
  return converted;
}

function convert(node: JsonSchema, path: string): StructuralSchema {
  checkKeywords(node, path);
  const documented: StructuralSchema = {
    ...(node.description !== undefined && { description: node.description }),
    ...(node.default !== undefined && { default: z.json().parse(node.default) }),
    ...(node.nullable === true && { nullable: true }),
  };
  const extensions = extensionsOf(node);
  const converted: StructuralSchema =
    node['x-kubernetes-int-or-string'] === true
      ? { ...documented, ...intOrStringOf(node, path) }
      : {
          ...documented,
          ...combinators(node, path),
          ...typeOf(node, path, extensions['x-kubernetes-preserve-unknown-fields'] === true),
          ...valueConstraints(node),
          ...childrenOf(node, path),
          ...extensions,
        };
  checkText(converted, path);
  checkDefault(converted, path);
  if (converted.type === 'array') checkList(converted, path);
  return converted;
}

const types = ['object', 'array', 'string', 'integer', 'boolean'] as const;

function typeOf(node: JsonSchema, path: string, open: boolean): Pick<StructuralSchema, 'type'> {
  const type = types.find((known) => known === node.type);
  if (type !== undefined) return { type };
  if (node.type === undefined && open) return {};
  if (node.type === 'number') {
    if (node.format === 'double') return { type: 'number' };
    throw new NotStructural(
      path,
      'a floating-point number loses digits between clients; use an integer, a quantity, or decimal() for what nobody compares',
    );
  }
  throw new NotStructural(
    path,
    `the type is ${node.type === undefined ? 'missing' : JSON.stringify(node.type)}; use ${types.join(', ')} or an island`,
  );
}

function childrenOf(node: JsonSchema, path: string): StructuralSchema {
  const properties = Object.entries(node.properties ?? {}).map(([name, member]): [string, StructuralSchema] => {
    const place = path === '' ? name : `${path}.${name}`;
    const converted = convert(schemaAt(member, place), place);
    if (converted.description === undefined || converted.description === '') {
      throw new NotStructural(place, 'the member has no description; add .describe()');
    }
    return [name, converted];
  });
  const { items, additionalProperties: values } = node;
  if (values !== undefined && values !== false && node.properties !== undefined) {
    throw new NotStructural(path, 'declared members beside a map of others; use withUnknownFields, or a record alone');
  }
  return {
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(values !== undefined &&
      values !== false && { additionalProperties: convert(schemaAt(values, `${path}[*]`), `${path}[*]`) }),
    ...(items !== undefined && { items: convert(schemaAt(items, `${path}[]`), `${path}[]`) }),
  };
}

function schemaAt(schema: JsonSchema | JsonSchema[] | boolean | (JsonSchema | boolean)[], path: string): JsonSchema {
  if (typeof schema === 'boolean' || Array.isArray(schema)) {
    throw new NotStructural(path, 'not a single schema; declare one type');
  }
  return schema;
}
