import * as z from 'zod';
import { parseConfig } from '../definitions/config/parse-config';
import lock from './images.lock.json';

/** A container image, pinned: by tag for people, by digest so that nobody can move the tag. */
const imageSchema = z.strictObject({
  /** Registry and path, without tag. */
  repository: z
    .string()
    .regex(/^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._-]+)+$/, 'expected registry/path in lower case, without a tag'),
  tag: z
    .string()
    .regex(/^(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'expected the tag of a release; latest moves'),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits')
    .exactOptional(),
});

/** An image as the lock file has it. */
export type Image = z.output<typeof imageSchema>;

/** Every image that a pod may have, and what each is for. */
const lockSchema = z.strictObject({
  /** The one image of all our controllers. */
  slipway: imageSchema,
  registryServer: imageSchema,
  registryUi: imageSchema,
  mysql: imageSchema,
  postgres: imageSchema,
  catalogPostgres: imageSchema,
  /** Says who the user is, before a UI that stands alone. */
  authProxy: imageSchema,
  /** Unpacks the catalog's measurements. */
  busybox: imageSchema,
  /** Catalog files of Open Data Hub; its project publishes no tag that stays. */
  catalogData: z.strictObject({ ...imageSchema.shape, tag: z.literal('latest') }),
  /** Put into pods of InferenceServices by the settings of the control plane. */
  artExplainer: imageSchema,
  servingAgent: imageSchema,
  servingRouter: imageSchema,
  kserveStorageInitializer: imageSchema,
  /** Model servers. */
  sklearnServer: imageSchema,
  xgbServer: imageSchema,
  lgbServer: imageSchema,
  pmmlServer: imageSchema,
  paddleServer: imageSchema,
  autogluonServer: imageSchema,
  predictiveServer: imageSchema,
  mlServer: imageSchema,
  tensorflowServing: imageSchema,
  torchServe: imageSchema,
  tritonServer: imageSchema,
  huggingFaceServer: imageSchema,
  huggingFaceServerGpu: imageSchema,
  vllmServer: imageSchema,
  openVinoServer: imageSchema,
});

/** Images by what they are for. */
export type Images = z.output<typeof lockSchema>;

/** Text of a lock file, parsed. @throws ConfigError naming the image */
export function parseImageLock(value: unknown): Images {
  return parseConfig(lockSchema, value, 'images.lock.json');
}

/** Versions that this release is tested with; `npm run import -- --images` asks the registries for the digests. */
export const lockedImages: Images = parseImageLock(lock);

/** What an environment may change of an image: usually the repository, for a mirror. */
const overrideSchema = z.strictObject({
  repository: imageSchema.shape.repository.exactOptional(),
  tag: imageSchema.shape.tag.exactOptional(),
  digest: imageSchema.shape.digest,
});

/** Images of an environment: those of the lock file, and what the environment changes. */
export const imagesSchema = z
  .partialRecord(z.enum(Object.keys(lockedImages) as [keyof Images, ...(keyof Images)[]]), overrideSchema)
  .transform((overrides): Images => {
    const images = Object.entries(lockedImages).map(([name, image]: [string, Image]) => [
      name,
      overridden(image, overrides[name as keyof Images]),
    ]);
    return Object.fromEntries(images) as Images;
  });

/** Another tag is another image: the digest of the lock file is not its. */
function overridden({ digest, ...image }: Image, override: z.output<typeof overrideSchema> = {}): Image {
  const same = (override.tag ?? image.tag) === image.tag;
  return { ...image, ...(same && digest !== undefined ? { digest } : {}), ...override };
}

/** An image as pods refer to it. */
export function imageReference({ repository, tag, digest }: Image): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}:${tag}@${digest}`;
}
