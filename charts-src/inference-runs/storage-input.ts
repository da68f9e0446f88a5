import type { z } from 'zod';
import { parseConfig } from '../../definitions/config/parse-config';
import { configMapInput } from '../../definitions/inference/storage/config-map';
import { inlineInput, inlineMaxBytes } from '../../definitions/inference/storage/inline';
import { pvcInput } from '../../definitions/inference/storage/pvc';
import { asJson } from '../kubernetes/configuration';
import type { JsonMap } from '../kubernetes/manifest';
import { httpSettings, krateoSettings, s3Settings } from './storage-references';
import type { HttpInput, KrateoCall, S3Input } from './storage-settings';

/** Where the items of runs come from: one of the kinds that our runner knows, or one of another runner. */
export class StorageInput {
  private constructor(
    /** Key in `spec.storage.input`. */
    readonly kind: string,
    /** Settings, given the namespace of runs. */
    readonly settingsIn: (namespace: string) => JsonMap,
  ) {}

  /** Objects of a bucket: one by its key, or all below a prefix. */
  static s3(settings: S3Input): StorageInput {
    return new StorageInput('s3', () => s3Settings(settings));
  }

  /** The answer of a URL, page by page. */
  static http(settings: HttpInput): StorageInput {
    return new StorageInput('http', (namespace) => httpSettings(settings, namespace));
  }

  /** Files of a volume, mounted for reading. @throws ConfigError naming the setting */
  static pvc(settings: z.input<typeof pvcInput>): StorageInput {
    const checked = asJson(parseConfig(pvcInput, settings, 'storage input pvc'));
    return new StorageInput('pvc', () => checked);
  }

  /** One entry of a ConfigMap in the namespace of runs. @throws ConfigError naming the setting */
  static configMap(settings: z.input<typeof configMapInput>): StorageInput {
    const checked = asJson(parseConfig(configMapInput, settings, 'storage input configMap'));
    return new StorageInput('configMap', () => checked);
  }

  /**
   * Items that stand in the config itself.
   *
   * @throws ConfigError naming the setting; Error for more than 256 KiB
   */
  static inline(settings: z.input<typeof inlineInput>): StorageInput {
    const checked = asJson(parseConfig(inlineInput, settings, 'storage input inline'));
    const size = Buffer.byteLength(JSON.stringify(checked));
    if (size > inlineMaxBytes) {
      throw new Error(
        `storage input inline: got ${size} bytes, at most ${inlineMaxBytes} are allowed: use a file or a bucket`,
      );
    }
    return new StorageInput('inline', () => checked);
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
