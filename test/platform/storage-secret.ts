import { z } from 'zod';
import type { Manifest } from './manifests';

/** A Secret as the API server has it: values in Base64. */
const secretSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  data: z.record(z.string(), z.string()).default({}),
});

const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

/** Variables of S3 with the annotation that comes before the Secret's entry of the same name. */
const settings = {
  S3_USE_HTTPS: 's3-usehttps',
  S3_VERIFY_SSL: 's3-verifyssl',
  AWS_DEFAULT_REGION: 's3-region',
  S3_USER_VIRTUAL_BUCKET: 's3-usevirtualbucket',
} as const;

const annotation = (name: string) => `serving.kserve.io/${name}`;

/** An S3 server and who may use it. */
export interface S3Access {
  /** `http://host:port` */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The Secret that users of KServe make for their storage. */
export function storageSecret(name: string, namespace: string, access: S3Access): Manifest {
  const { host, protocol } = new URL(access.endpoint);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      annotations: {
        [annotation('s3-endpoint')]: host,
        [annotation('s3-usehttps')]: protocol === 'https:' ? '1' : '0',
        [annotation('s3-region')]: access.region,
      },
    },
    stringData: { AWS_ACCESS_KEY_ID: access.accessKey, AWS_SECRET_ACCESS_KEY: access.secretKey },
  };
}

/**
 * The variables that KServe makes of a Secret with keys of S3, with the names of keys that its shipped configuration has. Limits: no
 * other kinds of storage, no CA bundles, no defaults from `inferenceservice-config`.
 *
 * @throws ZodError for what is no Secret; Error for a Secret without keys of S3
 */
export function storageVariables(secret: unknown): Readonly<Record<string, string>> {
  const { metadata, data } = secretSchema.parse(secret);
  const entry = (name: string) => {
    const value = data[name];
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
  };
  const variables: Record<string, string> = {};
  for (const key of keys) {
    const value = entry(key);
    if (value === undefined)
      throw new Error(`the Secret has no ${key}: the stand-in for KServe knows those of S3 only`);
    variables[key] = value;
  }
  for (const [name, key] of Object.entries(settings)) {
    const value = metadata.annotations[annotation(key)] ?? entry(name);
    if (value !== undefined) variables[name] = value;
  }
  const endpoint = metadata.annotations[annotation('s3-endpoint')] ?? entry('S3_ENDPOINT');
  if (endpoint === undefined) return variables;
  const scheme = variables['S3_USE_HTTPS'] === '0' ? 'http' : 'https';
  return { ...variables, S3_ENDPOINT: endpoint, AWS_ENDPOINT_URL: `${scheme}://${endpoint}` };
}
