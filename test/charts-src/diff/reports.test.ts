import { compare } from '../../../charts-src/diff/compare';
import { markdownReport } from '../../../charts-src/diff/markdown-report';
import { textReport } from '../../../charts-src/diff/text-report';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { serializeManifests } from '../../../charts-src/kubernetes/serialize';
import { claim, deployment, namespace, settings, withImage } from './manifests';
import { edited } from './observed/row';

const sides = { from: 'v1', to: 'working tree' };

function changes(before: Readonly<Record<string, readonly Manifest[]>>, after: typeof before) {
  const [from, to] = [before, after].map((folders) => ({
    source: 'test',
    files: new Map(
      Object.entries(folders).map(
        ([folder, manifests]) => [`${folder}/a.yaml`, serializeManifests(manifests)] as const,
      ),
    ),
  }));
  if (from === undefined || to === undefined) throw new Error('two sides');
  return compare(from, to);
}

const before = [namespace, claim, deployment, settings];
const after = [
  namespace,
  edited(withImage(deployment, 'example.com/server:2'), { 'spec.replicas': 3 }),
  edited(settings, { data: { 'a.json': '{\n  "a": 2\n}\n', level: 'debug' } }),
];
const example = changes(
  { 'local/registry': before, 'production/registry': before },
  { 'local/registry': after, 'production/registry': [...after, claim] },
);

describe('the report for a terminal', () => {
  it('goes from the riskiest to the mildest, with what is the same in several environments told once', () => {
    expect(textReport(example, sides)).toBe(`v1 → working tree

forbidden: refused by the API server, or data, objects or clients are lost
  PersistentVolumeClaim serving/data removed  [local/registry]
      its volume, and with most classes the data, goes with it

rolling restart: pods are replaced one after another
  Deployment serving/server  [local/registry, production/registry]
      spec.template.spec.containers[server].image: example.com/server:1 → example.com/server:2 (the pod template changes)
      spec.replicas: 2 → 3

in place: nothing stops
  ConfigMap serving/settings  [local/registry, production/registry]
      data["a.json"]: other text
      data.level: info → debug

1 forbidden, 2 rolling restart, 2 in place
`);
  });

  it('is short where much changes: long values and long lists are cut', () => {
    const many = edited(settings, {
      data: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key-${index}`, 'x'.repeat(500)])),
    });
    const text = textReport(changes({ 'local/a': [settings] }, { 'local/a': [many] }), sides);
    expect(text).toContain('      and 30 more\n');
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(160);
  });
});

describe('the comment for a pull request', () => {
  const markdown = markdownReport(example, sides);

  it('begins with counts by environment and component', () => {
    expect(markdown).toContain(`### Manifests: \`v1\` → \`working tree\`

**1 forbidden, 2 rolling restart, 2 in place**

| environment | component | forbidden | recreate | rolling restart | in place | none |
| --- | --- | --: | --: | --: | --: | --: |
| local | registry | 1 |  | 1 | 1 |  |
| production | registry |  |  | 1 | 1 |  |
`);
  });

  it('names risky changes and why they are, riskiest first, and no others above the fold', () => {
    const [top = ''] = markdown.split('<details>');
    expect(top).toContain(`#### forbidden: refused by the API server, or data, objects or clients are lost

- **PersistentVolumeClaim serving/data** removed in \`local/registry\`
  - its volume, and with most classes the data, goes with it

#### rolling restart: pods are replaced one after another

- **Deployment serving/server** in \`local/registry\`, \`production/registry\`
  - \`spec.template.spec.containers[server].image\`: \`example.com/server:1\` → \`example.com/server:2\` (the pod template changes)
`);
    expect(top).not.toContain('ConfigMap');
  });

  it('folds the YAML of every change', () => {
    expect(markdown.match(/<details><summary>.*<\/summary>/g)).toEqual([
      '<details><summary>PersistentVolumeClaim serving/data removed (forbidden) in local/registry</summary>',
      '<details><summary>Deployment serving/server (rolling restart) in local/registry, production/registry</summary>',
      '<details><summary>ConfigMap serving/settings (in place) in local/registry, production/registry</summary>',
    ]);
    expect(markdown).toContain(`\`\`\`diff
@@ -4,7 +4,7 @@
   name: server
   namespace: serving
 spec:
-  replicas: 2
+  replicas: 3
`);
  });

  it('stays below what GitHub takes, and says what it leaves out', () => {
    const large = (text: string): Manifest[] =>
      Array.from({ length: 4 }, (_, index) =>
        edited(settings, { data: { text: `${text}\n`.repeat(1000 + index) } }),
      ).map((manifest, index) => ({ ...manifest, metadata: { ...manifest.metadata, name: `settings-${index}` } }));
    const text = markdownReport(
      changes({ 'local/a': large('something old') }, { 'local/a': large('something new') }),
      sides,
    );
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toContain('3 diffs are left out: the comment would be too long.');
  });

  it('can’t be broken out of by what manifests hold', () => {
    const fenced = edited(settings, { data: { level: 'a `b` ```\n```' } });
    const text = markdownReport(changes({ 'local/a': [settings] }, { 'local/a': [fenced] }), sides);
    expect(text).toContain('\n````diff\n');
  });

  it('keeps the content of Secrets out', () => {
    const secret: Manifest = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace: 'serving' },
      data: { password: 'aHVudGVyMg==' },
    };
    const changed = changes({ 'local/a': [secret] }, { 'local/a': [edited(secret, { 'data.password': 'czNjcjN0' })] });
    for (const report of [markdownReport(changed, sides), textReport(changed, sides)]) {
      expect(report).toContain('Secret serving/login');
      expect(report).not.toContain('aHVudGVyMg');
      expect(report).not.toContain('czNjcjN0');
    }
  });

  it('says so when nothing differs', () => {
    expect(markdownReport([], sides)).toBe('### Manifests: `v1` → `working tree`\n\nNo manifest differs.\n');
  });
});
