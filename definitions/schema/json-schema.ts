import * as z from 'zod';

type Node = Readonly<Record<string, unknown>>;

/**
 * A document that programs exchange, as JSON Schema for the authors of other programs. It admits members it doesn't know: readers are to
 * pass over them, and a newer writer may have more.
 *
 * @returns text of a file
 */
export function jsonSchemaText(title: string, description: string, schema: z.ZodType): string {
  const { $schema, ...root } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ $schema, title, description, ...published(root) }, null, 2)}\n`;
}

function published(node: Node): Node {
  return Object.fromEntries(
    Object.entries(node)
      .filter(([keyword, value]) => !isIdle(keyword, value))
      .map(([keyword, value]): [string, unknown] => [keyword, publishedValue(keyword, value)]),
  );
}

/** Schemas stand below some keywords, lists or maps of them below others. Names of members may be those of keywords. */
function publishedValue(keyword: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (keyword === 'properties') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, publishedSchema(member)]));
  }
  if (keyword === 'items' || keyword === 'additionalProperties') return publishedSchema(value);
  return keyword === 'anyOf' && Array.isArray(value) ? value.map(publishedSchema) : value;
}

function publishedSchema(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? published({ ...value }) : value;
}

/** What Kubernetes needs, closed objects, and what holds for every value of the type. */
function isIdle(keyword: string, value: unknown): boolean {
  if (keyword.startsWith('x-kubernetes-') || keyword === 'propertyNames' || keyword === 'format') return true;
  if (keyword === 'minimum') return value === Number.MIN_SAFE_INTEGER;
  if (keyword === 'maximum') return value === Number.MAX_SAFE_INTEGER;
  if (keyword !== 'additionalProperties') return false;
  return value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
