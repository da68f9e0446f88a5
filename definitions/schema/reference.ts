import { apiVersionOf } from '../kubernetes/api-resource';
import type { ResourceDefinition } from './resource-definition';
import type { StructuralSchema } from './structural-schema';
import { toStructural } from './to-structural';

/** An object of the schema that gets a section of its own. */
interface Section {
  readonly path: string;
  readonly schema: StructuralSchema;
}

/**
 * The API reference of a kind in Markdown: one section for each object of its schema, with a table of its members.
 * Objects with the same members are described once, where they appear first; other places link there.
 *
 * @throws NotStructural naming the field, when the schema of the kind has no structural form
 */
export function reference(definition: ResourceDefinition): string {
  const sections = sectionsOf(toStructural(definition.schema));
  const parts = [
    `# ${definition.kind}`,
    definition.description,
    facts(definition),
    ...[...sections.values()].map((section) => sectionText(section, sections)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts(definition: ResourceDefinition): string {
  const { plural, scope, shortNames = [], statusSubresource } = definition;
  const names = [plural, ...shortNames].map((name) => `\`${name}\``).join(', ');
  return [
    `- API version: \`${apiVersionOf(definition)}\``,
    `- Names for kubectl: ${names}`,
    `- Scope: ${scope === 'Namespaced' ? 'namespace' : 'cluster'}`,
    `- Status subresource: ${statusSubresource ? 'yes' : 'no'}`,
  ].join('\n');
}

/** Objects with members, breadth first, by what they contain: equal ones have one entry. */
function sectionsOf(root: StructuralSchema): ReadonlyMap<string, Section> {
  const sections = new Map<string, Section>();
  const waiting: Section[] = [{ path: '', schema: root }];
  for (let section = waiting.shift(); section !== undefined; section = waiting.shift()) {
    const key = contentOf(section.schema);
    if (sections.has(key)) continue;
    sections.set(key, section);
    for (const [name, member] of Object.entries(section.schema.properties ?? {})) {
      const found = innermost({ path: section.path === '' ? name : `${section.path}.${name}`, schema: member });
      if (found.schema.properties !== undefined) waiting.push(found);
    }
  }
  return sections;
}

/** What a section shows: descriptions of the place itself stand in the table above it. */
function contentOf({ properties, required }: StructuralSchema): string {
  return JSON.stringify([properties, required]);
}

/** Steps through lists and maps to what they hold. */
function innermost({ path, schema }: Section): Section {
  if (schema.items !== undefined) return innermost({ path: `${path}[]`, schema: schema.items });
  if (schema.additionalProperties !== undefined) {
    return innermost({ path: `${path}[*]`, schema: schema.additionalProperties });
  }
  return { path, schema };
}

function sectionText({ path, schema }: Section, sections: ReadonlyMap<string, Section>): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const required = schema.required?.includes(name) === true ? ', required' : '';
    return `| \`${name}\` | ${typeText(member, sections)}${required} | ${cell(member.description ?? '')}${limits(member)} |`;
  });
  const rules = schema['x-kubernetes-validations']?.map(({ message }) => `- Rule: ${message}`) ?? [];
  return [
    ...(path === '' ? [] : [`## ${path}`, '']),
    '| Member | Type | Meaning |',
    '| --- | --- | --- |',
    ...rows,
    ...(rules.length > 0 ? ['', ...rules] : []),
  ].join('\n');
}

function typeText(schema: StructuralSchema, sections: ReadonlyMap<string, Section>): string {
  if (schema['x-kubernetes-int-or-string']) return 'integer or string';
  if (schema.items !== undefined) return `list of ${typeText(schema.items, sections)}`;
  if (schema.additionalProperties !== undefined) return `map of ${typeText(schema.additionalProperties, sections)}`;
  const section = schema.properties && sections.get(contentOf(schema));
  if (section !== undefined) return `[object](#${anchor(section.path)})`;
  if (schema['x-kubernetes-preserve-unknown-fields']) return schema.type === undefined ? 'anything' : 'any object';
  return schema.type ?? 'anything';
}

function limits(schema: StructuralSchema): string {
  const { enum: values, default: value, minimum, maximum, minItems, pattern, format } = schema;
  const parts = [
    values && `One of ${values.map((allowed) => code(JSON.stringify(allowed))).join(', ')}.`,
    value !== undefined && `Default: ${code(JSON.stringify(value))}.`,
    // The bounds of the type itself tell nothing.
    minimum !== undefined && !(format === 'int32' && minimum === -(2 ** 31)) && `At least ${minimum}.`,
    maximum !== undefined && !(format === 'int32' && maximum === 2 ** 31 - 1) && `At most ${maximum}.`,
    minItems !== undefined && `At least ${minItems} element${minItems === 1 ? '' : 's'}.`,
    pattern !== undefined && !schema['x-kubernetes-int-or-string'] && `Pattern: ${code(pattern)}.`,
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

/** A bar would end the cell of a table, also inside of code. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The anchor that Markdown renderers give a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9 _-]/g, '');
}
