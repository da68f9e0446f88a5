import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchemas } from '../../../definitions/inference/published-schemas';
import { referenceFiles } from '../../../definitions/schema/reference-files';
import { allDefinitions } from '../../../definitions/kinds';

const folder = join(__dirname, '../../../docs/api');

it('has a page for every kind, and docs/api is what the definitions say (else: npm run reference)', () => {
  const written = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const expected = new Map([...referenceFiles(allDefinitions), ...publishedSchemas()]);
  expect([...written.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, text] of expected) expect([name, written.get(name) === text]).toEqual([name, true]);
});

it('links every kind from the index', () => {
  const index = referenceFiles(allDefinitions).get('README.md') ?? '';
  expect([...index.matchAll(/^\| \[(\w+)\]/gm)].map(([, kind]) => kind)).toEqual(
    allDefinitions.map(({ kind }) => kind),
  );
});
