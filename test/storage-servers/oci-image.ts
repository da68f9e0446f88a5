import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** An entry of a layer; a name that ends in `/` is a directory. */
export interface LayerEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Target of a symbolic link. */
  readonly link?: string;
  /** Name of the entry that this is another name of. */
  readonly hardLink?: string;
  /** @default 0o644 */
  readonly mode?: number;
}

/** A blob with what manifests call it. */
export interface ImageBlob {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

export const ociTypes = {
  tar: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
} as const;

export const dockerTypes = {
  gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** A layer with some entries, as its type says compressed. */
export function layer(entries: readonly LayerEntry[], mediaType: string = ociTypes.gzip): ImageBlob {
  const tar = Buffer.concat([...entries.flatMap(tarMember), Buffer.alloc(1024)]);
  return blob(mediaType, /gzip$/.test(mediaType) ? gzipSync(tar) : tar);
}

export function blob(mediaType: string, bytes: Buffer): ImageBlob {
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

/** The descriptor of a blob in a manifest or an index. */
function descriptor({ mediaType, bytes, digest }: ImageBlob): object {
  return { mediaType, digest, size: bytes.length };
}

/** The manifest of an image. */
export function manifest(
  config: ImageBlob,
  layers: readonly ImageBlob[],
  mediaType: string = ociTypes.manifest,
): ImageBlob {
  const value = { schemaVersion: 2, mediaType, config: descriptor(config), layers: layers.map(descriptor) };
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}

/** An index with an image per platform: `linux/amd64`. */
export function index(images: Readonly<Record<string, ImageBlob>>, mediaType: string = ociTypes.index): ImageBlob {
  const manifests = Object.entries(images).map(([platform, image]) => {
    const [os, architecture] = platform.split('/');
    return { ...descriptor(image), platform: { os, architecture } };
  });
  return blob(mediaType, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests })));
}

function tarMember({ name, content = '', link, hardLink, mode = 0o644 }: LayerEntry): readonly Buffer[] {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  const type = link !== undefined ? '2' : hardLink !== undefined ? '1' : name.endsWith('/') ? '5' : '0';
  header.write(name, 0, 100, 'utf8');
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100, 'latin1');
  header.write(`${'0'.repeat(7)}\0${'0'.repeat(7)}\0`, 108, 'latin1');
  header.write(`${body.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1');
  header.write(`        ${type}`, 148, 'latin1');
  header.write(link ?? hardLink ?? '', 157, 100, 'utf8');
  header.write('ustar\0' + '00', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
