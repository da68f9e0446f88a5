import type { JsonMap, Json } from '../kubernetes/manifest';
import { asJson } from '../kubernetes/configuration';
import type { HttpTarget, InputFormat, KrateoCall, S3Connection, VolumeFiles } from './storage-settings';
import { httpTarget, krateoApi, s3Connection } from './storage-references';

/** Most bytes of data that stand in a config. */
const inlineMaxBytes = 256 * 1024;

/** Where the items of runs come from: one of the kinds that our runner knows, or one of another runner. */
export class StorageInput {
  private constructor(
    /** Key in `spec.storage.input`. */
    readonly kind: string,
    /** @internal Settings, given the namespace of runs. */
    readonly settingsIn: (namespace: string) => JsonMap,
  ) {}

  /** Objects of a bucket: one by its key, or all below a prefix. */
  static s3(
    props: S3Connection &
      InputFormat &
      ({ readonly key: string } | { readonly prefix: string; readonly glob?: string }),
  ): StorageInput {
    return new StorageInput('s3', () => s3Connection(props));
  }

  /** The answer of a URL, page by page. */
  static http(
    props: HttpTarget &
      InputFormat & {
        /** @default 'GET' */
        readonly method?: string;
        /** `Name: value`; nothing secret: that belongs to the endpoint's Secret. */
        readonly headers?: readonly string[];
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
      },
  ): StorageInput {
    return new StorageInput('http', (namespace) => httpTarget(props, namespace));
  }

  /** Files of a volume, mounted for reading. */
  static pvc({ claim, ...props }: VolumeFiles & InputFormat): StorageInput {
    return new StorageInput('pvc', () => asJson({ claimName: claim, ...props }));
  }

  /** One entry of a ConfigMap in the namespace of runs. */
  static configMap(props: { readonly name: string; readonly key: string } & InputFormat): StorageInput {
    return new StorageInput('configMap', () => asJson(props));
  }

  /**
   * Items that stand in the config itself.
   *
   * @throws Error for more than 256 KiB
   */
  static inline(items: readonly Json[]): StorageInput {
    const size = Buffer.byteLength(JSON.stringify(items));
    if (size > inlineMaxBytes) {
      throw new Error(`inline input: got ${size} bytes, at most ${inlineMaxBytes} are allowed: use a file or a bucket`);
    }
    return new StorageInput('inline', () => ({ items: [...items] }));
  }

  /** What a notebook of the FinOps database handler answers. */
  static krateo(call: KrateoCall): StorageInput {
    return new StorageInput('krateo', (namespace) => krateoApi(call, namespace));
  }

  /** A kind of a runner of your own, handed to it as it is. */
  static other(kind: string, settings: JsonMap): StorageInput {
    return new StorageInput(kind, () => settings);
  }
}
