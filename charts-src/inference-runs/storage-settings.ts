import type * as z from 'zod';
import type { httpInput, httpOutput } from '../../definitions/inference/storage/http';
import type { s3Input, s3Output } from '../../definitions/inference/storage/s3';

/** A Secret by its name alone: it is in the namespace of runs, as everything that a pod mounts. */
interface BucketSecrets {
  /** Secret with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. @default variables, web identity, the instance's role */
  readonly credentials?: string;
  /** Secret with `ca.crt`, authorities that the server's certificate may be of. @default those of the system */
  readonly ca?: string;
}

type WithBucketSecrets<T> = Omit<T, 'credentialsRef' | 'caRef'> & BucketSecrets;
export type S3Input = WithBucketSecrets<z.input<typeof s3Input>>;
export type S3Output = WithBucketSecrets<z.input<typeof s3Output>>;

type WithEndpoint<T> = Omit<T, 'endpointRef'> & {
  /** Secret of the endpoint, in the namespace of runs; in place of `url`. Credentials belong there, not into `headers`. */
  readonly endpoint?: string;
};
export type HttpInput = WithEndpoint<z.input<typeof httpInput>>;
export type HttpOutput = WithEndpoint<z.input<typeof httpOutput>>;

/** A notebook of the FinOps database handler. */
export interface KrateoCall {
  /** Secret of the endpoint, in the namespace of runs. */
  readonly endpoint: string;
  /** `/compute/<notebook>` */
  readonly path: string;
  /** @default 'GET', as upstream's runners have it */
  readonly verb?: string;
  /** `Name: value` */
  readonly headers?: readonly string[];
  /** Template of the body. */
  readonly payload?: string;
}
