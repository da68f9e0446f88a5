import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceFiles } from '../../definitions/schema/reference-files';
import { allDefinitions } from '../../definitions/kinds';

/** `npm run reference`: writes the API reference of every kind into docs/api/. */
const folder = join(__dirname, '../../docs/api');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of referenceFiles(allDefinitions)) writeFileSync(join(folder, name), text);
