import type * as z from 'zod';
import { configMapInput } from '../../definitions/inference/storage/config-map';
import { httpInput } from '../../definitions/inference/storage/http';
import { inlineInput, inlineMaxBytes } from '../../definitions/inference/storage/inline';
import { pvcInput } from '../../definitions/inference/storage/pvc';
import { s3Input } from '../../definitions/inference/storage/s3';
import type { JsonMap } from '../kubernetes/manifest';
import { checked, httpSettings, krateoSettings, s3Settings } from './storage-references';
import type { HttpInput, KrateoCall, S3Input } from './storage-settings';

/** Where the items of runs come from: one of the kinds that our runner knows, or one of another runner. */
export class StorageInput {
  private constructor(
    /** Key in `spec.storage.input`. */
    readonly kind: string,
    /** Settings, given the namespace of runs. */
    readonly settingsIn: (namespace: string) => JsonMap,
  ) {}

  /** Objects of a bucket: one by its key, or all below a prefix. @throws ConfigError naming the setting */
  static s3(settings: S3Input): StorageInput {
    const read = checked(s3Input, s3Settings(settings), 'input s3');
    return new StorageInput('s3', () => read);
  }

  /** The answer of a URL, page by page. */
  static http(settings: HttpInput): StorageInput {
    return new StorageInput('http', (namespace) => checked(httpInput, httpSettings(settings, namespace), 'input http'));
  }

  /** Files of a volume, mounted for reading. @throws ConfigError naming the setting */
  static pvc(settings: z.input<typeof pvcInput>): StorageInput {
    const read = checked(pvcInput, settings, 'input pvc');
    return new StorageInput('pvc', () => read);
  }

  /** One entry of a ConfigMap in the namespace of runs. @throws ConfigError naming the setting */
  static configMap(settings: z.input<typeof configMapInput>): StorageInput {
    const read = checked(configMapInput, settings, 'input configMap');
    return new StorageInput('configMap', () => read);
  }

  /**
   * Items that stand in the config itself.
   *
   * @throws ConfigError naming the setting; Error for more than 256 KiB
   */
  static inline(settings: z.input<typeof inlineInput>): StorageInput {
    const read = checked(inlineInput, settings, 'input inline');
    const size = Buffer.byteLength(JSON.stringify(read));
    if (size > inlineMaxBytes) {
      throw new Error(
        `storage input inline: got ${size} bytes, at most ${inlineMaxBytes} are allowed: use a file or a bucket`,
      );
    }
    return new StorageInput('inline', () => read);
  }

  /** What a notebook of the FinOps database handler answers. */
  static krateo(call: KrateoCall): StorageInput {
    return new StorageInput('krateo', (namespace) => krateoSettings(call, namespace));
  }

  /** A kind of a runner of your own, handed to it as it is. */
  static other(kind: string, settings: JsonMap): StorageInput {
    return new StorageInput(kind, () => settings);
  }
}
