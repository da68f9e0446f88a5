import * as z from 'zod';
import { StorageError } from '../../storage-error';

/** A blob as manifests name it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/),
  size: z.int().nonnegative(),
});
const manifestSchema = z.object({ layers: z.array(descriptorSchema).max(10_000) });
const indexSchema = z.object({
  manifests: z
    .array(descriptorSchema.extend({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() }))
    .max(10_000),
});

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** What a registry is told that we can read. */
export const acceptedManifests = [...manifestTypes, ...indexTypes].join(', ');

/** What a reference leads to: the layers of an image, or the images of several platforms. */
export type Manifest =
  | { readonly kind: 'image'; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly platforms: readonly PlatformImage[] };

/** The manifest of an image for one platform. */
export interface PlatformImage {
  readonly descriptor: Descriptor;
  /** `linux/amd64`; undefined when the index says none. */
  readonly platform?: string;
}

/**
 * Reads a manifest or an index.
 *
 * @param contentType of the answer: older registries say only there what it is
 * @throws StorageError for what is neither
 */
export function parseManifest(name: string, text: string, contentType: string): Manifest {
  const refuse = (why: string) => new StorageError('other', `OCI error: ${name}: ${why}`);
  const value = parseJson(text);
  if (value === undefined) throw refuse('the registry answered with a manifest that is not JSON');
  const declared = z.object({ mediaType: z.string().optional() }).safeParse(value).data?.mediaType;
  const mediaType = declared ?? contentType.split(';')[0]?.trim() ?? '';
  if (indexTypes.includes(mediaType)) {
    const index = indexSchema.safeParse(value);
    if (!index.success) throw refuse(`the index is malformed: ${z.prettifyError(index.error).split('\n').join(' ')}`);
    return {
      kind: 'index',
      platforms: index.data.manifests.map(({ platform, ...descriptor }) => ({
        descriptor,
        ...(platform === undefined ? {} : { platform: `${platform.os}/${platform.architecture}` }),
      })),
    };
  }
  if (!manifestTypes.includes(mediaType))
    throw refuse(`manifests of type ${JSON.stringify(mediaType)} are not supported`);
  const manifest = manifestSchema.safeParse(value);
  if (!manifest.success) {
    throw refuse(`the manifest is malformed: ${z.prettifyError(manifest.error).split('\n').join(' ')}`);
  }
  return { kind: 'image', layers: manifest.data.layers };
}

/**
 * The image of an index for Linux on an architecture. Attestations, which are filed under `unknown/unknown`, are no images.
 *
 * @throws StorageError in KServe's words, with the platforms there are
 */
export function imageFor(name: string, platforms: readonly PlatformImage[], architecture: string): Descriptor {
  const wanted = `linux/${architecture}`;
  const found = platforms.find(({ platform }) => platform === wanted);
  if (found !== undefined) return found.descriptor;
  const others = platforms.flatMap(({ platform }) =>
    platform === undefined || /unknown/.test(platform) ? [] : [platform],
  );
  const there = others.length === 0 ? '' : ` (it has ${others.join(', ')})`;
  throw new StorageError('not-found', `OCI image index for ${name} has no manifest for ${wanted}${there}`);
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ppc64: 'ppc64le', ia32: '386' };

/** What images call the architecture that Node calls so. */
export function imageArchitecture(nodeArchitecture: string): string {
  return architectures[nodeArchitecture] ?? nodeArchitecture;
}

const tarLayers = [
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.docker.image.rootfs.diff.tar',
];

/** Whether a layer is one that is unpacked; what is no file system, as a signature or a configuration, is skipped. */
export function isTarLayer(name: string, { mediaType, digest }: Descriptor): boolean {
  if (mediaType.endsWith('+zstd') || mediaType.endsWith('.zstd')) {
    throw new StorageError(
      'other',
      `OCI error: ${name}: layer ${digest} is compressed with zstd (${mediaType}), which is not supported: build the image with gzip layers`,
    );
  }
  return tarLayers.includes(mediaType);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
