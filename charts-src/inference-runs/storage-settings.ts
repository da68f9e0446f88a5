/** How the bytes of an input become items. */
export interface InputFormat {
  /** @default by the file's extension, else one JSON document a line */
  readonly format?: 'jsonl' | 'json' | 'csv' | 'text';
  /** @default by the file's extension */
  readonly compression?: 'none' | 'gzip' | 'zstd';
  /** JSONPath to the array of items in a JSON document. @default the document, or its first member of a usual name */
  readonly items?: string;
  /** Member of an item that is its id. @default the running number */
  readonly idField?: string;
  readonly csv?: {
    /** Whether the first line names the columns. @default true */
    readonly header?: boolean;
    /** @default a comma */
    readonly delimiter?: string;
  };
}

/** What is kept of each item, and in which form. */
export interface OutputFormat {
  /** @default one JSON document a line */
  readonly format?: 'jsonl' | 'json' | 'csv';
  /** @default none */
  readonly compression?: 'none' | 'gzip' | 'zstd';
  /** @default id and predictions */
  readonly include?: readonly ('id' | 'input' | 'predictions' | 'metadata' | 'raw')[];
  /** Items in a part. @default 10000 */
  readonly partItems?: number;
  /** `overwrite` replaces what the same execution has written, and nothing else. @default 'overwrite' for files */
  readonly mode?: 'overwrite' | 'append' | 'errorIfExists';
}

/** A bucket and how it is reached. */
export interface S3Connection {
  readonly bucket: string;
  /** @default the SDK's chain: variables, web identity, instance */
  readonly region?: string;
  /** URL of a server that is not Amazon's. */
  readonly endpoint?: string;
  /** @default true with an endpoint */
  readonly forcePathStyle?: boolean;
  /** Secret in the namespace of runs with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. */
  readonly credentials?: string;
  /** Asks without a signature. @default false */
  readonly anonymous?: boolean;
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

/** Files in a volume that is there already. */
export interface VolumeFiles {
  readonly claim: string;
  /** File, folder or pattern below the volume. */
  readonly path: string;
  readonly subPath?: string;
}
