import { asJson } from '../kubernetes/configuration';
import type { JsonMap } from '../kubernetes/manifest';
import { httpTarget, krateoApi, s3Connection } from './storage-references';
import type { HttpTarget, KrateoCall, OutputFormat, S3Connection, VolumeFiles } from './storage-settings';

/** Where results of runs go: one of the kinds that our runner knows, or one of another runner. */
export class StorageOutput {
  private constructor(
    /** Key in `spec.storage.output`. */
    readonly kind: string,
    /** @internal Settings, given the namespace of runs. */
    readonly settingsIn: (namespace: string) => JsonMap,
  ) {}

  /** Objects below a prefix: parts, dead letters, a manifest. Each item is there once, whatever happened on the way. */
  static s3(
    props: S3Connection &
      OutputFormat & {
        readonly prefix: string;
        /** Encryption by the server: `AES256` or `aws:kms`. */
        readonly sse?: string;
        readonly kmsKeyId?: string;
        /** @default 8 */
        readonly uploadPartMiB?: number;
      },
  ): StorageOutput {
    return new StorageOutput('s3', () => s3Connection(props));
  }

  /** Requests with results, some at a time. A receiver that tells repeated ones by their key sees each item once. */
  static http(
    props: HttpTarget &
      Pick<OutputFormat, 'format' | 'compression' | 'include'> & {
        /** @default 'POST' */
        readonly method?: string;
        /** `Name: value`; nothing secret: that belongs to the endpoint's Secret. */
        readonly headers?: readonly string[];
        /** @default 1000 */
        readonly batchItems?: number;
        /** @default 'Idempotency-Key' */
        readonly idempotencyHeader?: string;
      },
  ): StorageOutput {
    return new StorageOutput('http', (namespace) => httpTarget(props, namespace));
  }

  /** Files in a volume, as in a bucket. */
  static pvc({ claim, ...props }: VolumeFiles & OutputFormat): StorageOutput {
    return new StorageOutput('pvc', () => asJson({ claimName: claim, ...props }));
  }

  /** The log of the pod, for trials. */
  static log(props: { /** @default 100 */ readonly maxItems?: number } = {}): StorageOutput {
    return new StorageOutput('log', () => asJson(props));
  }

  /** A notebook of the FinOps database handler. */
  static krateo(call: KrateoCall): StorageOutput {
    return new StorageOutput('krateo', (namespace) => krateoApi(call, namespace));
  }

  /** A kind of a runner of your own, handed to it as it is. */
  static other(kind: string, settings: JsonMap): StorageOutput {
    return new StorageOutput(kind, () => settings);
  }
}
