import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { V1Pod, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { KubernetesClient } from '../../controllers/runtime/client';
import { configMaps, secrets, type Stored } from '../../definitions/kubernetes/core-resources';

/** A file of a volume, by its path in it. */
type Files = ReadonlyMap<string, string>;

/**
 * Lays out what a container mounts below a directory of this machine, under the paths that it has in the pod.
 *
 * Limits: ConfigMaps (text only), Secrets and empty directories; `items` and modes are passed over.
 *
 * @param inText addresses of the cluster in the place of which those of this machine stand
 * @throws naming what is mounted and not there, or not known here
 */
export async function layOut(
  pod: Stored<V1Pod>,
  mounts: readonly V1VolumeMount[],
  directory: string,
  { client, inText }: { readonly client: KubernetesClient; readonly inText: (text: string) => string },
): Promise<void> {
  const { namespace = '' } = pod.metadata;
  for (const { name, mountPath, subPath } of mounts) {
    const volume = pod.spec?.volumes?.find((one) => one.name === name);
    if (volume === undefined) throw new Error(`volume ${name} is mounted and not declared`);
    const files = await filesOf(volume, namespace, client);
    const target = join(directory, mountPath);
    if (subPath !== undefined) {
      const text = files.get(subPath);
      if (text === undefined) throw new Error(`volume ${name} has no ${subPath}`);
      await write(target, inText(text));
      continue;
    }
    await mkdir(target, { recursive: true });
    for (const [path, text] of files) await write(join(target, path), inText(text));
  }
}

async function filesOf(volume: V1Volume, namespace: string, client: KubernetesClient): Promise<Files> {
  if (volume.emptyDir !== undefined) return new Map();
  if (volume.configMap?.name !== undefined) {
    const found = await client.get(configMaps, { name: volume.configMap.name, namespace });
    if (found === undefined) throw new Error(`ConfigMap ${volume.configMap.name} is not there`);
    return new Map(Object.entries(found.data ?? {}));
  }
  if (volume.secret?.secretName !== undefined) {
    const { secretName, optional } = volume.secret;
    const found = await client.get(secrets, { name: secretName, namespace });
    if (found === undefined && optional !== true) throw new Error(`Secret ${secretName} is not there`);
    const entries = Object.entries(found?.data ?? {});
    return new Map(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }
  throw new Error(`volume ${volume.name} is of a kind that the stand-in for nodes does not know`);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}
