import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entries } from './entries';
import type { Entry, Locator } from './entry';
import { tally } from './tally';
import { blocksOf, documents } from './texts';

const place = ({ document, heading, index }: Locator): string => `${document} "${heading}" ${index}`;

const blocks = documents.flatMap((document) => blocksOf(document).map((block) => ({ document, ...block })));

const source = (suite: string): string => readFileSync(join(__dirname, `${suite}.test.ts`), 'utf8');

describe('the table of the documents', () => {
  it('has exactly one entry for every block, of the same kind, in the order of the texts', () => {
    const listed = ({ kind, ...locator }: Locator & Pick<Entry, 'kind'>): string => `${place(locator)} ${kind}`;

    expect(entries.map(listed)).toEqual(blocks.map(listed));
  });

  it.each(documents)('has something of %s', (document) => {
    expect(entries.some((entry) => entry.document === document)).toBe(true);
  });

  it('gives a reason for every difference', () => {
    for (const { outcome, ...entry } of entries) {
      if (outcome.result === 'differs')
        expect([place(entry), outcome.because]).toEqual([
          place(entry),
          expect.stringMatching(/^because upstream.*\.$/),
        ]);
    }
  });

  it('names only tests that exist, each for one entry', () => {
    const named = entries.flatMap(({ status }) => (status.state === 'tested' ? [status] : []));

    for (const { suite, test } of named) expect(source(suite)).toContain(`'${test}'`);
    expect(new Set(named.map(({ test }) => test)).size).toBe(named.length);
  });

  it('leaves nothing that can be applied or sent without a test now or later', () => {
    const skipped = entries.filter(({ status }) => status.state === 'nothing to run');

    expect(skipped.filter(({ kind }) => kind !== 'text' && kind !== 'command').map(place)).toEqual([]);
  });
});

describe('the tally', () => {
  it('counts what is tested, has nothing to run and is pending per component', () => {
    const entry = { document: documents[0], heading: 'H', index: 0, kind: 'yaml', owner: 'serving' } as const;
    const outcome = { result: 'works' } as const;
    const untested = { component: 'serving', what: 'the pod' } as const;

    const line = tally([
      { ...entry, outcome, status: { state: 'tested', suite: 'serving', test: 'a' } },
      { ...entry, outcome, status: { state: 'tested', suite: 'serving', test: 'b', untested } },
      { ...entry, outcome, status: { state: 'nothing to run' } },
      { ...entry, outcome, status: { state: 'pending', component: 'manifests' } },
      { ...entry, outcome, status: { state: 'pending', component: 'serving' } },
      { ...entry, outcome, status: { state: 'pending', component: 'serving' } },
    ]);

    expect(line).toBe(
      'documents: 6 blocks, 2 tested (1 of them in part), 1 with nothing to run, 3 pending (serving 2, manifests 1)',
    );
  });
});

afterAll(() => {
  process.stdout.write(`${tally(entries)}\n`);
});
