import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { environments } from '../../../charts-src/environments/environments';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { reviewPage } from '../../../charts-src/review/review-page';
import { manifestsOf, type ReviewedEnvironment } from '../../../charts-src/review/reviewed-environment';
import { Browser } from './browser/browser';
import type { Appearance, BrowserPage } from './browser/browser-page';
import { clusterObject, environmentOf, object, policy, workload } from './objects';

const sources = resolve(__dirname, '..', '..', '..', 'charts-src', 'review');
const asset = (name: string) => readFileSync(join(sources, name), 'utf8');
const assets = { style: asset('page.css'), script: asset('page.js') };

const rendered = environments.map((make): ReviewedEnvironment => {
  const environment = make();
  return { name: environment.name, components: renderEnvironment(environment) };
});

const appearances: readonly Appearance[] = [
  { width: 1280, height: 900, scheme: 'light' },
  { width: 1280, height: 900, scheme: 'dark' },
  { width: 400, height: 800, scheme: 'light' },
  { width: 400, height: 800, scheme: 'dark' },
];

let directory: string;
let browser: Browser;
let page: BrowserPage;

beforeAll(async () => {
  directory = await mkdtemp(join(await realpath(tmpdir()), 'slipway-review-'));
  browser = await Browser.start((line) => process.stderr.write(`${line}\n`));
}, 600_000);

afterAll(async () => {
  // Undefined when it could not be started, which has its own message.
  await (browser as Browser | undefined)?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Shows the review of these environments in a fresh page. */
async function review(reviewed: readonly ReviewedEnvironment[]): Promise<string> {
  page = await browser.open();
  await page.show({ width: 1280, height: 900, scheme: 'light' });
  const file = join(directory, 'review.html');
  await writeFile(file, reviewPage(reviewed, assets));
  const url = pathToFileURL(file).href;
  await page.goTo(url);
  return url;
}

/** Texts of the elements that a selector finds and that are to be seen, white space made one; of rows the cells, ` | ` between. */
async function texts(selector: string): Promise<string[]> {
  const found = await page.evaluate(`{
    const text = (one) => one.textContent.replace(/\\s+/g, ' ').trim();
    const found = [...document.querySelectorAll(${JSON.stringify(selector)})].filter((one) => one.checkVisibility());
    found.map((one) => (one.cells === undefined ? text(one) : [...one.cells].map(text).join(' | ')));
  }`);
  return z.array(z.string()).parse(found);
}

async function unfold(): Promise<void> {
  await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`);
}

async function choose(column: number, value: string): Promise<void> {
  await page.evaluate(`{
    const select = document.querySelector('select[data-column="${column}"]');
    select.value = ${JSON.stringify(value)};
    select.dispatchEvent(new Event('input', { bubbles: true }));
  }`);
}

describe('the review of the rendered environments', () => {
  let url: string;
  beforeAll(async () => {
    url = await review(rendered);
  });

  it('loads without a word in the console and asks for nothing but itself', () => {
    expect(page.requests).toEqual([url]);
    expect(page.complaints).toEqual([]);
  });

  it('has every object, account, workload and image', async () => {
    const all = rendered.flatMap(manifestsOf);
    const ofKind = (...kinds: string[]) =>
      all.filter(({ kind }) => kinds.includes(kind)).map(({ metadata }) => metadata.name);
    expect(await texts('#objects tbody tr')).toHaveLength(all.length);
    const accounts = await texts('#permissions tr.group');
    for (const { metadata } of all.filter(({ kind }) => kind === 'ServiceAccount')) {
      const account = `ServiceAccount ${metadata.namespace}/${metadata.name}`;
      expect(accounts).toContainEqual(expect.stringContaining(account));
    }
    const workloads = ofKind('Deployment', 'StatefulSet', 'Job');
    expect(workloads).not.toHaveLength(0);
    expect(await texts('#traffic svg g.workload')).toHaveLength(workloads.length);
    const images = await texts('#images tbody tr');
    const text = JSON.stringify(all.filter(({ kind }) => kind !== 'CustomResourceDefinition'));
    const references = new Set([...text.matchAll(/"image":"([^"@]+)/g)].map(([, reference]) => reference));
    expect(images).toHaveLength(references.size);
  });

  it('marks the namespaces of production as denying by default, and its workloads as limited', async () => {
    const namespaces = (await texts('#traffic h3 + ul')).at(-1);
    expect(namespaces).toContain('namespace kubeflow default deny: ingress and egress');
    const [production = ''] = (await texts('#traffic .scroll svg')).slice(-1);
    expect(production).toContain('limited both ways');
    expect(production).not.toContain('no policy');
  });

  it.each(appearances)('is never wider than its window: %j', async (appearance) => {
    await page.show(appearance);
    await unfold();
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
  });

  it.each(appearances.filter((_, index) => index % 3 === 0))(
    'has nothing that axe objects to: %j',
    async (appearance) => {
      await page.show(appearance);
      await unfold();
      await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
      const found = await page.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => ({
        passed: passes.map(({ id }) => id),
        violations: violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) => [id, html.slice(0, 200), failureSummary])),
      }))`,
      );
      expect(found).toEqual({
        passed: expect.arrayContaining(['color-contrast', 'label', 'svg-img-alt']) as string[],
        violations: [],
      });
    },
  );

  it('fits on paper: tables and drawings are not wider than an A4 page, dark windows print light', async () => {
    // 297 mm less the margins, in CSS pixels.
    const width = Math.floor(((297 - 24) / 25.4) * 96);
    await page.show({ width, height: 700, scheme: 'dark', media: 'print' });
    await unfold();
    const wide = `[...document.querySelectorAll('table, svg')].filter((one) => one.getBoundingClientRect().right > ${width + 1})`;
    expect(await page.evaluate(`${wide}.map((one) => one.textContent.slice(0, 40))`)).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  });

  it('prints with every part unfolded', async () => {
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = false))`);
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await page.evaluate(`document.querySelectorAll('details:not([open])').length`)).toBe(0);
  });
});

describe('the filter', () => {
  const test = environmentOf('test', [clusterObject('Namespace', 'shop'), workload('web'), workload('api')], 'back');
  const live = environmentOf('live', [workload('web')], 'front');
  const shown = async () => (await texts('#objects tbody tr')).map((row) => row.split(' | ').at(-1));
  const count = async () => (await texts('output'))[0];

  beforeEach(() => review([test, live]));

  it('shows the objects that have every word, whatever their case', async () => {
    await page.evaluate(`document.querySelector('input').focus()`);
    await page.type('DEPLOY we');
    expect(await shown()).toEqual(['web', 'web']);
    expect(await count()).toBe('2 of 4 objects');
  });

  it('shows the objects of an environment, a component and a kind', async () => {
    await choose(0, 'test');
    expect(await count()).toBe('3 of 4 objects');
    await choose(2, 'Deployment');
    expect(await shown()).toEqual(['web', 'api']);
    await choose(1, 'front');
    expect(await count()).toBe('0 of 4 objects');
    await choose(0, '');
    expect(await shown()).toEqual(['web']);
  });

  it('is reached with the keyboard, behind a link that skips the navigation', async () => {
    const focused = () => page.evaluate(`document.activeElement.textContent.trim() || document.activeElement.type`);
    await page.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    for (let presses = 0; presses < 20 && (await focused()) !== 'search'; presses += 1) await page.press('Tab');
    await page.type('namespace');
    expect(await shown()).toEqual(['shop']);
    await page.press('Enter');
    expect(await shown()).toEqual(['shop']);
  });
});

describe('the sections', () => {
  it('show permissions as a matrix, risky ones with what they mean', async () => {
    const rules = [
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'bind'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'], resourceNames: ['web'] },
    ];
    const subjects = [{ kind: 'ServiceAccount', name: 'robot' }];
    const binding = object('RoleBinding', 'r', { roleRef: { kind: 'Role', name: 'r' }, subjects });
    await review([environmentOf('test', [object('Role', 'r', { rules }), binding])]);
    expect(await texts('#permissions tbody tr')).toEqual([
      'ServiceAccount shop/robot',
      'secrets | shop | ✓ |  |  |  |  |  |  | bind | Role r | high binds roles it does not havehigh reads Secrets, in shop',
      'deployments appsonly web | shop |  | ✓ |  |  |  |  |  |  | Role r | ',
    ]);
    expect(await texts('#permissions tr.risk-high')).toHaveLength(1);
    expect(await page.evaluate(`document.querySelector('#permissions .verb span').getAttribute('aria-label')`)).toBe(
      'get',
    );
  });

  it('draw open, limited and blocked traffic differently, and say the same in a table', async () => {
    const to = (app: string) => ({ to: [{ podSelector: { matchLabels: { app } } }], ports: [{ port: 80 }] });
    const names = ['web', 'api', 'open', 'shut'].map((name) => workload(name));
    const policies = [
      policy('web', { policyTypes: ['Ingress', 'Egress'], egress: [to('api'), to('shut')] }),
      policy('shut', { policyTypes: ['Ingress', 'Egress'] }),
    ];
    await review([environmentOf('test', [...names, ...policies])]);
    expect(await texts('#traffic g.open .name')).toEqual(['api', 'open']);
    expect(await texts('#traffic path.flow.allowed')).toHaveLength(1);
    expect(await texts('#traffic path.flow.blocked')).toHaveLength(1);
    expect((await texts('#traffic tbody tr')).slice(-2)).toEqual([
      'Deployment shop/web | Deployment shop/api | TCP 80 | allowed',
      'Deployment shop/web | Deployment shop/shut | TCP 80 | blocked by the destination',
    ]);
  });

  it('show differences once they are unfolded', async () => {
    const [one, two] = [80, 81].map((port) => object('Service', 'web', { spec: { port } }));
    await review([
      environmentOf('one', one === undefined ? [] : [one]),
      environmentOf('two', two === undefined ? [] : [two]),
    ]);
    expect(await texts('#differences tbody tr')).toEqual([]);
    await page.evaluate(`document.querySelector('summary').focus()`);
    await page.press('Enter');
    expect(await texts('#differences summary')).toEqual([
      'web one and two, 1 differing field, 0 objects not everywhere, 0 objects equal',
    ]);
    expect(await texts('#differences tbody tr')).toEqual(['spec.port | 80 | 81']);
  });

  it('show text of manifests as text, whatever it is', async () => {
    const evil = `</script></style><img src=x onerror="throw 1"><script>throw 2</script>'"&`;
    const one = [workload(evil), policy(evil, {}), object(evil, 'x', { data: { [evil]: evil } })];
    await review([environmentOf(evil, one, evil), environmentOf('two', [object(evil, 'x', { data: {} })], evil)]);
    expect(page.complaints).toEqual([]);
    expect(await page.evaluate(`document.querySelectorAll('img, main script, main style').length`)).toBe(0);
    const [row = ''] = await texts('#objects tbody tr');
    expect(row).toContain(evil);
  });
});
