import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Requirements by their numbers: what is optional and left out is not among them. */
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `RS-${String(first + index).padStart(2, '0')}`);
const requirements = [...numbers(1, 7), ...numbers(10, 43), 'RS-46', 'RS-47', 'RS-28a', 'RS-28b'];

/** Names of tests and their groups in this folder and in that of the registry client. */
const names = ['.', '../model-registry'].flatMap((folder) =>
  readdirSync(join(__dirname, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(__dirname, folder, file), 'utf8');
      return [...text.matchAll(/(?:\b(?:it|describe|test)|\]\))(?:\.each)?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)].map(
        ([, , name = '']) => name,
      );
    }),
);

it.each(requirements)('%s is in the name of a test', (requirement) => {
  expect(names.some((name) => new RegExp(`${requirement}(?![0-9a-z])`).test(name))).toBe(true);
});

it.each(Array.from({ length: 15 }, (_, index) => `check ${index + 1}`))('%s is in the name of a test', (check) => {
  expect(names.some((name) => new RegExp(`${check}(?![0-9])`).test(name))).toBe(true);
});
