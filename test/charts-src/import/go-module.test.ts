import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadModule } from '../../../charts-src/import/go-module';
import { foreignCrdSets } from '../../../charts-src/import/sources';
import { itWithGo, needsGo } from './go-toolchain';

const sealedSecrets = foreignCrdSets.filter(({ name }) => name === 'sealed-secrets');

describe('downloading a Go module', () => {
  itWithGo.each(sealedSecrets)(`gives a directory with the files of the table ${needsGo}`, async (set) => {
    const directory = await downloadModule(set);

    for (const { path } of set.files) {
      expect(await readFile(join(directory, path), 'utf8')).toContain('kind: CustomResourceDefinition');
    }
  });

  itWithGo.each(sealedSecrets)(`refuses a module whose content is not the pinned one ${needsGo}`, async (set) => {
    const pinned = { ...set, sum: 'h1:AAAA' };

    await expect(downloadModule(pinned)).rejects.toThrow(
      `go module ${set.module}@${set.version} has sum ${set.sum}, pinned is h1:AAAA`,
    );
  });

  itWithGo(`passes on why a module can't be had ${needsGo}`, async () => {
    const nowhere = { module: 'localhost/nowhere', version: 'v0.0.1', sum: 'h1:AAAA' };

    await expect(downloadModule(nowhere)).rejects.toThrow(/downloading go module localhost\/nowhere@v0\.0\.1: .+/);
  });
});
