import { z } from 'zod';
import { version } from '../definitions/names/version';

/**
 * A container image, pinned: by tag, and by digest where the environment demands that nobody can move the tag.
 */
const imageSchema = z.strictObject({
  /** Registry and path, without tag. */
  repository: z
    .string()
    .regex(/^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._-]+)+$/, 'expected registry/path in lower case, without a tag')
    .default('ghcr.io/slipway-dev/slipway'),
  tag: z
    .string()
    .regex(/^(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'expected the tag of a release; latest moves')
    .default(version),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits')
    .exactOptional(),
});

/** Every image of the platform, with the version that a release of the platform is tested with. */
export const imagesSchema = z.strictObject({
  /** The one image of all our controllers. */
  slipway: imageSchema.prefault({}),
});

/** An image as pods refer to it. */
export function imageReference({ repository, tag, digest }: z.output<typeof imageSchema>): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}:${tag}@${digest}`;
}
