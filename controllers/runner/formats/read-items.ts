import type { InputFormat } from '../../../definitions/inference/storage/input-format';
import type { Item } from '../item';
import { decompressed, type Bytes } from './compression';
import { csvReader } from './csv-rows';
import { fileFormat } from './file-format';
import type { ItemNumbering } from './item-numbering';
import type { ItemReader } from './item-reader';
import { jsonDocumentReader } from './json-document';
import { jsonLinesReader, textLinesReader } from './json-lines';
import type { JsonPath } from '../json-path';

/**
 * Bytes of a piece whose items are made at a time. The items of a piece wait for those before them; where thousands wait, the garbage
 * collector copies them again and again before the first of them can be let go.
 */
const slice = 16 * 1024;

/** Settings of the format, its paths parsed. */
export interface ItemSettings extends Pick<InputFormat, 'format' | 'compression' | 'csv'> {
  readonly itemsPath: JsonPath | undefined;
}

/**
 * Items of a file, in groups as its pieces come.
 *
 * @param name of the file: its extension counts where the settings say nothing
 * @throws BrokenDocument, and the errors of the bytes
 */
export async function* readItems(
  name: string,
  bytes: Bytes,
  settings: ItemSettings,
  numbering: ItemNumbering,
): AsyncGenerator<readonly Item[]> {
  const { format, compression } = fileFormat(name, settings);
  const reader = readerOf(format, settings, numbering);
  for await (const piece of decompressed(bytes, compression)) {
    for (let at = 0; at < piece.length; at += slice) {
      const items = reader.push(piece.subarray(at, at + slice));
      if (items.length > 0) yield items;
    }
  }
  const items = reader.end();
  if (items.length > 0) yield items;
}

function readerOf(
  format: NonNullable<InputFormat['format']>,
  { itemsPath, csv }: ItemSettings,
  numbering: ItemNumbering,
): ItemReader {
  switch (format) {
    case 'jsonl':
      return jsonLinesReader(numbering);
    case 'json':
      return jsonDocumentReader(numbering, itemsPath);
    case 'csv':
      return csvReader(numbering, csv ?? {});
    case 'text':
      return textLinesReader(numbering);
  }
}
