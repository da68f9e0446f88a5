import { s3Annotations } from '../../definitions/names/serving';
import type { Manifest } from './manifests';

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
        [s3Annotations.endpoint]: host,
        [s3Annotations.useHttps]: protocol === 'https:' ? '1' : '0',
        [s3Annotations.region]: access.region,
      },
    },
    stringData: { AWS_ACCESS_KEY_ID: access.accessKey, AWS_SECRET_ACCESS_KEY: access.secretKey },
  };
}
