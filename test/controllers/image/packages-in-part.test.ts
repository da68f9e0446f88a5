import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { undici } from '../../../controllers/image/packages-in-part';

const root = join(__dirname, '..', '..', '..');

/** Texts of all modules that a bundle can have. */
const texts = ['controllers', 'definitions'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8')),
);

describe('the part of undici in bundles', () => {
  it('has what our code imports, and nothing else', () => {
    const imported = texts.flatMap((text) =>
      [...text.matchAll(/^import \{([^}]*)\} from 'undici';$/gm)].flatMap(([, names = '']) => names.split(',')),
    );
    const values = imported.map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type '));
    expect(new Set(values)).toEqual(new Set(Object.keys(undici)));
  });

  it('can be seen in imports: all of them name what they take', () => {
    const lines = texts.flatMap((text) =>
      text.split('\n').filter((line) => /(?:from|import|require)\b.*'undici'/.test(line)),
    );
    expect(lines.length).toBeGreaterThan(5);
    // Where a list of names is long its last line has the package.
    expect(lines.filter((line) => !/^(?:import (?:type )?\{[^}]*|)\} from 'undici';$/.test(line))).toEqual([]);
  });
});
