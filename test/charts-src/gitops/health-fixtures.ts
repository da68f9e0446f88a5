import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import * as z from 'zod';

const suite = z.strictObject({
  tests: z.array(
    z.strictObject({
      inputPath: z.string(),
      healthStatus: z.strictObject({ status: z.string(), message: z.string().default('') }),
    }),
  ),
});

/** One case of a `health_test.yaml`, the form in which Argo CD tests health scripts. */
export interface HealthCase {
  readonly group: string;
  readonly kind: string;
  /** File name of the object. */
  readonly name: string;
  readonly object: Readonly<Record<string, unknown>>;
  readonly expected: { readonly status: string; readonly message: string };
}

/** Cases below a folder that is laid out like Argo CD's `resource_customizations`: GROUP/KIND/health_test.yaml. */
export async function healthCases(folder: string): Promise<readonly HealthCase[]> {
  const cases: HealthCase[] = [];
  for (const group of await readdir(folder)) {
    for (const kind of await readdir(join(folder, group))) cases.push(...(await casesOf(folder, group, kind)));
  }
  return cases;
}

/** Cases of one kind. */
export async function casesOf(folder: string, group: string, kind: string): Promise<readonly HealthCase[]> {
  const directory = join(folder, group, kind);
  const { tests } = suite.parse(load(await readFile(join(directory, 'health_test.yaml'), 'utf8')));
  return Promise.all(
    tests.map(async ({ inputPath, healthStatus }) => ({
      group,
      kind,
      name: inputPath,
      object: z.record(z.string(), z.unknown()).parse(load(await readFile(join(directory, inputPath), 'utf8'))),
      expected: healthStatus,
    })),
  );
}
