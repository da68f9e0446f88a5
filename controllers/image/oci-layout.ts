import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageFacts, imageConfig } from './image-config';

/** Directory of blobs in an OCI image layout. */
export function blobDirectory(layout: string): string {
  return join(layout, 'blobs', 'sha256');
}

/** A reference from one document of the layout to a blob. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Completes an OCI image layout whose layers are among its blobs already.
 *
 * @returns digest of the manifest, by which the image can be pulled once pushed
 */
export async function writeOciLayout(layout: string, facts: ImageFacts): Promise<string> {
  const config = await writeBlob(layout, 'application/vnd.oci.image.config.v1+json', imageConfig(facts));
  const manifest = await writeBlob(layout, 'application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: facts.layers.map(({ sha256, size }): Descriptor => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: `sha256:${sha256}`,
      size,
    })),
  });
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...manifest,
        platform: { architecture: facts.architecture, os: 'linux' },
        annotations: { 'org.opencontainers.image.ref.name': facts.version },
      },
    ],
  };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return manifest.digest;
}

async function writeBlob(layout: string, mediaType: string, document: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(document));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(blobDirectory(layout), sha256), bytes);
  return { mediaType, digest: `sha256:${sha256}`, size: bytes.length };
}
