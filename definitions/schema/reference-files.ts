import { reference } from './reference';
import type { ResourceDefinition } from './resource-definition';

/**
 * The API reference as files of one folder: a page per kind and an index.
 *
 * @throws NotStructural naming the field, when the schema of a kind has no structural form
 */
export function referenceFiles(definitions: readonly ResourceDefinition[]): ReadonlyMap<string, string> {
  const pages = definitions.map((definition): [string, string] => [pageOf(definition), reference(definition)]);
  const rows = definitions.map(
    (definition) =>
      `| [${definition.kind}](${pageOf(definition)}) | \`${definition.group}/${definition.version}\` | ${firstSentence(definition.description)} |`,
  );
  const index = [
    '# API reference',
    '',
    'Written by `npm run reference` from the definitions that the CustomResourceDefinitions come from.',
    '',
    '| Kind | API version | Meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return new Map([['README.md', index], ...pages]);
}

function pageOf({ kind }: ResourceDefinition): string {
  return `${kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.md`;
}

function firstSentence(text: string): string {
  return /^.*?[.](?=\s|$)/s.exec(text)?.[0] ?? text;
}
