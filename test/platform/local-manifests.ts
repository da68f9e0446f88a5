import { readFile } from 'node:fs/promises';
import { local, localRegistryAddress, localWebhookAddress } from '../../charts-src/environments/local';
import { serializeManifests } from '../../charts-src/kubernetes/serialize';
import { renderEnvironment } from '../../charts-src/output/render-environment';
import { parseManifests, type Manifest } from './manifests';

/** What was rendered for one component. */
export interface LocalComponent {
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

/** Where the platform's processes are on this machine. */
export interface LocalAddresses {
  readonly registry: string;
  readonly webhooks: string;
}

/** The environment local: the committed manifests when they name these addresses, else rendered with the real ones. */
export async function localComponents(
  { registry, webhooks }: LocalAddresses,
  say: (line: string) => void,
): Promise<readonly LocalComponent[]> {
  const components = renderEnvironment(local(registry, webhooks));
  if (registry === localRegistryAddress && webhooks === localWebhookAddress) {
    return Promise.all(
      components.map(async ({ directory }) => {
        const text = await readFile(`dist/local/${directory}/${directory}.yaml`, 'utf8');
        return { name: directory, manifests: parseManifests(text) };
      }),
    );
  }
  say(`manifests    a preferred port is taken: environment local rendered for ${registry} and ${webhooks}`);
  return components.map(({ directory, manifests }) => ({
    name: directory,
    manifests: parseManifests(serializeManifests(manifests)),
  }));
}
