import type { InputFormat } from '../../definitions/inference/storage/input-format';
import type { OutputFormat, OutputParts } from '../../definitions/inference/storage/output-format';

/** A bucket and how it is reached. */
interface S3Connection {
  readonly bucket: string;
  /** @default what variables of the runner say */
  readonly region?: string;
  /** URL of a server that is not Amazon's. */
  readonly endpoint?: string;
  /** @default true with an endpoint */
  readonly forcePathStyle?: boolean;
  /** Secret in the namespace of runs with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. @default web identity, instance */
  readonly credentials?: string;
  /** Asks without a signature. @default false */
  readonly anonymous?: boolean;
}

/** Objects of a bucket: one by its key, or those below a prefix. */
export type S3Input = S3Connection &
  InputFormat &
  (
    | { readonly key: string; readonly prefix?: never }
    | { readonly prefix: string; readonly glob?: string; readonly key?: never }
  );

export interface S3Output extends S3Connection, OutputParts {
  readonly prefix: string;
  /** Encryption by the server: `AES256` or `aws:kms`. */
  readonly sse?: string;
  readonly kmsKeyId?: string;
  /** @default 8 */
  readonly uploadPartMiB?: number;
}

/** Where a request goes: a URL, or the Secret of an endpoint and a path there. */
export type HttpTarget =
  | { readonly url: string; readonly endpoint?: never; readonly path?: never }
  | {
      /** Secret of the endpoint, in the namespace of runs. */
      readonly endpoint: string;
      readonly path: string;
      readonly url?: never;
    };

/** What requests of inputs and outputs have in common. */
interface HttpRequest {
  /** @default 'GET' to read, 'POST' to write */
  readonly method?: string;
  /** `Name: value`; nothing secret: that belongs to the endpoint's Secret. */
  readonly headers?: readonly string[];
}

export type HttpInput = HttpTarget &
  HttpRequest &
  InputFormat & {
    readonly body?: string;
    readonly pagination?: {
      readonly type: 'none' | 'link' | 'cursor' | 'offset' | 'page';
      readonly param?: string;
      readonly sizeParam?: string;
      /** @default 1000 */
      readonly size?: number;
      /** JSONPath to the cursor of the next page. */
      readonly next?: string;
    };
    /** @default 60 */
    readonly timeoutSeconds?: number;
  };

export type HttpOutput = HttpTarget &
  HttpRequest &
  OutputFormat & {
    /** @default 1000 */
    readonly batchItems?: number;
    readonly bodyTemplate?: string;
    /** @default 'Idempotency-Key' */
    readonly idempotencyHeader?: string;
  };

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
