import * as z from 'zod';
import { inputFormatShape } from './input-format';
import { outputPartsShape } from './output-format';

const named = z.strictObject({ name: z.string().min(1).describe('Name of the Secret, in the namespace of the run.') });

const bucketShape = {
  bucket: z.string().min(1).describe('Name of the bucket.'),
  region: z.string().describe('Region of the bucket. Defaults to AWS_REGION, else AWS tells.').exactOptional(),
  endpoint: z
    .string()
    .regex(/^https?:\/\//, 'must be a URL such as https://minio.example.com:9000')
    .describe('URL of a server that is not AWS’s.')
    .exactOptional(),
  forcePathStyle: z
    .boolean()
    .describe('Whether the bucket is in the path, not in the host name. Defaults to true with an endpoint.')
    .exactOptional(),
  credentialsRef: named
    .describe(
      'Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or awsAccessKeyID and awsSecretAccessKey. Defaults to the environment, web identity, the instance’s role.',
    )
    .exactOptional(),
  anonymous: z.boolean().describe('Whether requests are not signed. Defaults to false.').exactOptional(),
  caRef: named.describe('Secret with ca.crt, authorities the server’s certificate may be of.').exactOptional(),
} as const;

/** Settings of `storage.input.s3`. */
export const s3Input = z
  .strictObject({
    ...bucketShape,
    key: z.string().min(1).describe('Key of one object.').exactOptional(),
    prefix: z.string().describe('Folder whose objects are read, those below it too.').exactOptional(),
    glob: z.string().min(1).describe('Pattern (*, **, ?) for keys below the prefix.').exactOptional(),
    ...inputFormatShape,
  })
  .refine(({ key, prefix }) => (key === undefined) !== (prefix === undefined), {
    message: 'needs key or prefix, and not both',
  })
  .refine(({ key, glob }) => key === undefined || glob === undefined, { message: 'glob needs prefix' });

/** Settings of `storage.output.s3`. */
export const s3Output = z
  .strictObject({
    ...bucketShape,
    prefix: z.string().describe('Folder below which each execution has its own.').exactOptional(),
    sse: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']).describe('Encryption of the objects.').exactOptional(),
    kmsKeyId: z.string().describe('Key of AWS KMS for the encryption.').exactOptional(),
    uploadPartMiB: z
      .int()
      .min(5)
      .max(5120)
      .describe('MiB from which an object is uploaded in pieces, and size of a piece. Defaults to 8.')
      .exactOptional(),
    ...outputPartsShape,
  })
  .refine(({ sse, kmsKeyId }) => kmsKeyId === undefined || sse?.startsWith('aws:kms') === true, {
    message: 'kmsKeyId needs sse aws:kms',
  });

export type BucketSettings = z.infer<z.ZodObject<typeof bucketShape>>;
