import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchemas } from '../../definitions/inference/published-schemas';
import { allDefinitions } from '../../definitions/kinds';
import { referenceFiles } from '../../definitions/schema/reference-files';

/** `npm run reference`: writes the API reference of every kind, and the schemas that other runners need, into docs/api/. */
const folder = join(__dirname, '../../docs/api');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of [...referenceFiles(allDefinitions), ...publishedSchemas()]) {
  writeFileSync(join(folder, name), text);
}
