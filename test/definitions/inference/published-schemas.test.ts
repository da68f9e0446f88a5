import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { buildContract } from '../../../controllers/inference-runs/contract';
import { contractText } from '../../../controllers/inference-runs/contract-text';
import { standardFailurePolicy } from '../../../controllers/inference-runs/failure-policy';
import { runnerEnvironment } from '../../../controllers/inference-runs/runner-environment';
import { publishedSchemas } from '../../../definitions/inference/published-schemas';
import { exitCodes } from '../../../definitions/inference/runner-report';
import {
  configMapInputDirectory,
  contractPaths,
  credentialsDirectory,
  endpointsDirectory,
  inputDirectory,
  outputDirectory,
  terminationLog,
} from '../../../definitions/names/inference';
import { configOf, runOf } from '../../controllers/inference-runs/objects';
import { documentBlock } from '../../documents/texts';

const guide = readFileSync(join(__dirname, '../../../docs/guides/runner-contract.md'), 'utf8');
/** JSON blocks of the guide: a Contract, then a report. */
const [guideContract = '', guideReport = ''] = [...guide.matchAll(/^```json\n(.*?)^```$/gms)].map(
  ([, json = '']) => json,
);

/** The published schema as another program would use it. */
function validator(file: string): z.ZodType {
  const text = publishedSchemas().get(file) ?? '';
  return z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
}

describe('the published schema of the Contract', () => {
  const schema = validator('runner-contract.schema.json');
  const contract = buildContract({
    run: runOf({ parameters: { a: 'b' } }),
    config: configOf({ storage: { input: { unheard: { of: [1, null] } } } }),
    model: { modelUrl: 'iris.ml', endpointRef: { name: 'model', namespace: 'ml' }, instances: { any: 1 } },
    parameters: { a: 'b' },
    attempt: 1,
  });
  const written: unknown = JSON.parse(contractText(contract));

  it('takes what the controller writes, what the guide shows, and what upstream’s README shows', () => {
    const readme = documentBlock({ document: '2-inference-runs', heading: 'The Runner Contract', index: 0 }).content;
    for (const document of [written, JSON.parse(guideContract), JSON.parse(readme)]) {
      expect(schema.safeParse(document).error).toBeUndefined();
    }
  });

  it('takes members that are not known yet, at every depth', () => {
    const later = {
      ...contract,
      kserve: { ...contract.kserve, later: 1 },
      execution: { ...contract.execution, later: 1 },
      later: {},
    };
    expect(schema.safeParse(later).error).toBeUndefined();
  });

  it.each([
    ['without a model', { kserve: undefined }],
    ['with a parameter that is no text', { parameters: { a: 1 } }],
    ['with attempt 0', { attempt: 0 }],
    ['with an input that is a text', { input: { s3: 'bucket' } }],
  ])('refuses one %s', (_how, change) => {
    expect(schema.safeParse(JSON.parse(JSON.stringify({ ...contract, ...change }))).success).toBe(false);
  });
});

describe('the published schema of the report', () => {
  const schema = validator('runner-report.schema.json');

  it('takes the one that the guide shows', () => {
    expect(schema.safeParse(JSON.parse(guideReport)).error).toBeUndefined();
  });

  it('refuses one without items', () => {
    const { items: _, ...rest } = JSON.parse(guideReport) as Record<string, unknown>;
    expect(schema.safeParse(rest).success).toBe(false);
  });
});

it.each([...publishedSchemas()])('%s has nothing in it that only Kubernetes knows', (_file, text) => {
  expect(text).not.toMatch(/x-kubernetes|9007199254740991/);
});

describe('the guide for authors of runners', () => {
  it('names every variable and every place', () => {
    const variables = runnerEnvironment(runOf(), configOf(), 1).map(({ name }) => name);
    const places = [
      ...Object.values(contractPaths),
      configMapInputDirectory,
      credentialsDirectory,
      endpointsDirectory,
      inputDirectory,
      outputDirectory,
      terminationLog,
    ];
    expect([...variables, ...places].filter((name) => !guide.includes(name))).toEqual([]);
  });

  it('says of every exit code what the failure policy does', () => {
    const rows = new Map(
      [...guide.matchAll(/^\| (\d+) .*\| ([^|]+?) +\|$/gm)].map(([, code, follows]) => [Number(code), follows]),
    );
    expect([...rows.keys()]).toEqual(Object.values(exitCodes));
    const codesOf = (action: string) =>
      standardFailurePolicy.rules.flatMap((rule) => (rule.action === action ? (rule.onExitCodes?.values ?? []) : []));
    const rowsWith = (text: string) => [...rows].flatMap(([code, follows]) => (follows === text ? [code] : []));
    expect(rowsWith('the attempt has failed at once')).toEqual(codesOf('FailJob'));
    expect(rowsWith("another pod, which doesn't count")).toEqual(codesOf('Ignore'));
  });
});
