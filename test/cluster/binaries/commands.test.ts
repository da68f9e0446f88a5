import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubernetesVersion, toolCommands } from './commands';
import { toolsModule } from './tool-cache';

describe('the programs of test/tools', () => {
  it('are the tools of its go.mod, one for one', async () => {
    const goMod = await readFile(join(toolsModule, 'go.mod'), 'utf8');
    const block = /^tool \(\n([^)]*)\)/m.exec(goMod)?.[1] ?? '';
    const tools = block.split('\n').map((line) => line.trim());
    expect(tools.filter((line) => line !== '').sort()).toEqual(
      Object.values(toolCommands)
        .map(({ goPackage }) => goPackage)
        .sort(),
    );
  });

  it('are built with the version that go.mod requires, staging modules included', async () => {
    const goMod = await readFile(join(toolsModule, 'go.mod'), 'utf8');
    expect(goMod).toContain(`k8s.io/kubernetes ${kubernetesVersion} `);
    const staging = [...goMod.matchAll(/=> k8s\.io\/\S+ (\S+)/g)].map(([, version]) => version);
    expect(staging.length).toBeGreaterThan(25);
    expect(new Set(staging)).toEqual(new Set([kubernetesVersion.replace('v1.', 'v0.')]));
  });
});
