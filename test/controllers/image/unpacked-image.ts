import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

const execute = promisify(execFile);

const descriptorSchema = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
const indexSchema = z.object({ manifests: z.array(descriptorSchema).length(1) });
const manifestSchema = z.object({ config: descriptorSchema, layers: z.array(descriptorSchema) });
const configSchema = z.object({
  config: z.object({ User: z.string(), Env: z.array(z.string()), Entrypoint: z.array(z.string()) }),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});

/** An image as a container engine sees it. */
export interface UnpackedImage {
  readonly config: z.output<typeof configSchema>['config'];
  /** Digest of the manifest. */
  readonly digest: string;
}

/**
 * Does what an engine does before it starts a container: follows an OCI layout from its index, checks every blob against the
 * digest and size it is referred to by, and unpacks the layers in order.
 *
 * @param root empty; becomes the root of the container
 * @throws Error naming the blob that is not what its descriptor says
 */
export async function unpackImage(layout: string, root: string): Promise<UnpackedImage> {
  const [manifestDescriptor] = indexSchema.parse(await json(join(layout, 'index.json'))).manifests;
  if (manifestDescriptor === undefined) throw new Error(`${layout} has no manifest`);
  const manifest = manifestSchema.parse(JSON.parse((await blob(layout, manifestDescriptor)).toString()));
  const config = configSchema.parse(JSON.parse((await blob(layout, manifest.config)).toString()));
  for (const [index, layer] of manifest.layers.entries()) {
    const diffId = digestOf(gunzipSync(await blob(layout, layer)));
    if (diffId !== config.rootfs.diff_ids[index]) throw new Error(`layer ${layer.digest} unpacks to ${diffId}`);
    await execute('tar', ['-xpzf', blobFile(layout, layer.digest), '-C', root]);
  }
  await chmod(root, 0o755);
  return { config: config.config, digest: manifestDescriptor.digest };
}

async function json(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function blob(layout: string, { digest, size }: z.output<typeof descriptorSchema>): Promise<Buffer> {
  const bytes = await readFile(blobFile(layout, digest));
  if (digestOf(bytes) !== digest || bytes.length !== size) throw new Error(`blob ${digest} has other content`);
  return bytes;
}

function blobFile(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
