import type * as z from 'zod';
import { httpOutput } from '../../definitions/inference/storage/http';
import { logOutput } from '../../definitions/inference/storage/log';
import { pvcOutput } from '../../definitions/inference/storage/pvc';
import { s3Output } from '../../definitions/inference/storage/s3';
import type { JsonMap } from '../kubernetes/manifest';
import { checked, httpSettings, krateoSettings, s3Settings } from './storage-references';
import type { HttpOutput, KrateoCall, S3Output } from './storage-settings';

/** Where results of runs go: one of the kinds that our runner knows, or one of another runner. */
export class StorageOutput {
  private constructor(
    /** Key in `spec.storage.output`. */
    readonly kind: string,
    /** Settings, given the namespace of runs. */
    readonly settingsIn: (namespace: string) => JsonMap,
  ) {}

  /** Objects below a prefix: parts, dead letters, a manifest. Each item is there once, whatever happened on the way. @throws ConfigError */
  static s3(settings: S3Output): StorageOutput {
    const read = checked(s3Output, s3Settings(settings), 'output s3');
    return new StorageOutput('s3', () => read);
  }

  /** Requests with results, some at a time. A receiver that tells repeated ones by their key sees each item once. */
  static http(settings: HttpOutput): StorageOutput {
    return new StorageOutput('http', (namespace) =>
      checked(httpOutput, httpSettings(settings, namespace), 'output http'),
    );
  }

  /** Files in a volume, as in a bucket. @throws ConfigError naming the setting */
  static pvc(settings: z.input<typeof pvcOutput>): StorageOutput {
    const read = checked(pvcOutput, settings, 'output pvc');
    return new StorageOutput('pvc', () => read);
  }

  /** The log of the pod, for trials. @throws ConfigError naming the setting */
  static log(settings: z.input<typeof logOutput> = {}): StorageOutput {
    const read = checked(logOutput, settings, 'output log');
    return new StorageOutput('log', () => read);
  }

  /** A notebook of the FinOps database handler. */
  static krateo(call: KrateoCall): StorageOutput {
    return new StorageOutput('krateo', (namespace) => krateoSettings(call, namespace));
  }

  /** A kind of a runner of your own, handed to it as it is. */
  static other(kind: string, settings: JsonMap): StorageOutput {
    return new StorageOutput(kind, () => settings);
  }
}
