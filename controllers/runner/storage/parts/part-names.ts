import type { Compression, ItemFormat } from '../../../../definitions/inference/storage/input-format';
import type { Range } from '../../output';
import { compressionExtensions, extensions } from '../../formats/file-format';

/** Names of what an execution leaves, and what they mean. */
export class PartNames {
  readonly checkpoint: string;
  readonly manifest: string;
  /** The part that is being written, before it has its name. */
  readonly open: Readonly<Record<'results' | 'errors' | 'journal' | 'compressed', string>>;
  private readonly extension: string;

  constructor(
    private readonly shard: number,
    private readonly errorsName: string,
    format: ItemFormat,
    compression: Compression,
  ) {
    this.checkpoint = `_checkpoint-${shard}.json`;
    this.manifest = `_manifest-${shard}.json`;
    const open = `_open-${shard}`;
    this.open = {
      results: `${open}.part`,
      errors: `${open}.errors`,
      journal: `${open}.journal`,
      compressed: `${open}.compressed`,
    };
    this.extension = extensions[format] + compressionExtensions[compression];
  }

  part({ first, last }: Range): string {
    return `part-${this.shard}-${first}-${last}.${this.extension}`;
  }

  errors({ first, last }: Range): string {
    return `${this.errorsName}-${this.shard}-${first}-${last}.jsonl`;
  }

  /** Which items a part has when some between its first and its last are in others. */
  ranges({ first, last }: Range): string {
    return `_ranges-${this.shard}-${first}-${last}.json`;
  }

  /** The first and last item of a part; undefined for what is none of this shard. */
  partOf(name: string): Range | undefined {
    return this.rangeOf(name, 'part', this.extension);
  }

  errorsOf(name: string): Range | undefined {
    return this.rangeOf(name, this.errorsName, 'jsonl');
  }

  private rangeOf(name: string, begin: string, extension: string): Range | undefined {
    const [, shard, first, last] = /-(\d+)-(\d+)-(\d+)\./.exec(name.slice(begin.length)) ?? [];
    if (shard === undefined || name !== `${begin}-${this.shard}-${first}-${last}.${extension}`) return undefined;
    return { first: Number(first), last: Number(last) };
  }
}

/** Says that every shard has committed. */
export const successName = '_SUCCESS';
