import { isUtf8 } from 'node:buffer';
import { isList, type JsonValue } from '../json';
import { UnfitItem } from './item-part';

/**
 * Text that stands for bytes in base64 as JSON carries it, which is text.
 *
 * @throws UnfitItem for what is no base64, and for bytes that are no text
 */
export function textOfBase64(cell: JsonValue): JsonValue {
  if (isList(cell)) return cell.map(textOfBase64);
  const bytes = bytesOfBase64(cell);
  if (!isUtf8(bytes)) throw new UnfitItem('has bytes that are no text: set kserve.v2.binary to auto');
  return bytes.toString('utf8');
}

/** Checks base64 that is decoded when the tensor is written. @throws UnfitItem */
export function checkedBase64(cell: JsonValue): JsonValue {
  if (isList(cell)) cell.forEach(checkedBase64);
  else bytesOfBase64(cell);
  return cell;
}

function bytesOfBase64(cell: JsonValue): Buffer {
  const text = typeof cell === 'string' ? cell : '';
  // Node's decoder passes over what is none, and would send other bytes than were meant.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) throw new UnfitItem('has text that is no base64');
  return Buffer.from(text, 'base64');
}
