import type { Compression, InputFormat, ItemFormat } from '../../../definitions/inference/storage/input-format';

const formats: Readonly<Record<string, ItemFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  txt: 'text',
};
const compressions: Readonly<Record<string, Compression>> = { gz: 'gzip', zst: 'zstd' };

/** Extensions of files that are written. */
export const extensions: Readonly<Record<ItemFormat, string>> = {
  jsonl: 'jsonl',
  json: 'json',
  csv: 'csv',
  text: 'txt',
};
export const compressionExtensions: Readonly<Record<Compression, string>> = { none: '', gzip: '.gz', zstd: '.zst' };

/** How a file is read: as the settings say, else as its name does. */
export function fileFormat(
  name: string,
  settings: Pick<InputFormat, 'format' | 'compression'>,
): { readonly format: ItemFormat; readonly compression: Compression } {
  const [last = '', before = ''] = name.toLowerCase().split('/').at(-1)?.split('.').slice(1).reverse() ?? [];
  const compression = compressions[last];
  return {
    format: settings.format ?? formats[compression === undefined ? last : before] ?? 'jsonl',
    compression: settings.compression ?? compression ?? 'none',
  };
}
