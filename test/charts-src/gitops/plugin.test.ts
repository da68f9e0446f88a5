import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load, loadAll } from 'js-yaml';
import * as z from 'zod';
import { readEnvironment } from '../../../charts-src/environments/environment';
import { renderEnvironment } from '../../../charts-src/output/render-environment';

const root = resolve(__dirname, '..', '..', '..');
const written = `name: staging
namespaces: [{ name: kubeflow }]
registries: [{ database: { engine: postgres } }]
registrySync: {}
inferenceRuns: { notebooks: {} }
gitops: { repository: 'https://git.example.com/clusters.git', argoCd: {} }
`;

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(await realpath(tmpdir()), 'slipway-plugin-'));
  execFileSync(process.execPath, [join(root, 'charts-src/gitops/plugin/bundle.mjs'), join(directory, 'plugin')]);
  await writeFile(join(directory, 'slipway.yaml'), written);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs the command of plugin.yaml as the sidecar does: the bundle, Node, and nothing of this repository. */
async function generate(parameters: Readonly<Record<string, string>> = {}, cwd = directory) {
  const plugin = z
    .looseObject({ spec: z.looseObject({ generate: z.strictObject({ command: z.array(z.string()) }) }) })
    .parse(load(await readFile(join(directory, 'plugin/plugin.yaml'), 'utf8')));
  const [program, path = ''] = plugin.spec.generate.command;
  expect(program).toBe('node');
  const file = path.replace('/home/argocd/cmp-server/config', join(directory, 'plugin'));
  const env = { PATH: '/nonexistent', ...parameters };
  return spawnSync(process.execPath, [file], { cwd, env, encoding: 'utf8', maxBuffer: 1e8 });
}

const expected = () =>
  renderEnvironment(readEnvironment(load(written), 'test')).filter(
    ({ directory: name }) => !name.startsWith('gitops-'),
  );

describe('the config-management plugin', () => {
  it('prints what synth renders for the same options, GitOps objects left out', async () => {
    const { status, stdout, stderr } = await generate();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(loadAll(stdout)).toEqual(expected().flatMap(({ manifests }) => manifests));
  });

  it('prints one component where the Application asks for one', async () => {
    const { stdout } = await generate({ PARAM_COMPONENT: 'registry-sync' });
    const component = expected().find(({ directory: name }) => name === 'registry-sync');
    expect(loadAll(stdout)).toEqual(component?.manifests);
  });

  it('ends with 1 and names the components for one that is not there', async () => {
    const { status, stdout, stderr } = await generate({ PARAM_COMPONENT: 'serving' });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'slipway: parameter component: got serving, allowed: namespaces, crds, registry, registry-sync, inference-runs\n',
    });
  });

  it('ends with 1 and names option and allowed values for a file that is wrong', async () => {
    const other = await mkdtemp(join(directory, 'wrong-'));
    await writeFile(join(other, 'slipway.yaml'), 'name: staging\nregistrySync: { replicas: 9 }\n');
    const { status, stdout, stderr } = await generate({}, other);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'slipway: slipway.yaml: registrySync.replicas: got 9, must be at most 5\n',
    });
  });
});
