import type { Checksums, FileFacts, RemoteFile } from '../../source';
import { contentLength } from '../../transfer/content-range';
import type { BucketRequests } from './bucket-requests';
import { compositeChecksum, objectFacts, type CompositeChecksum } from './object-facts';

/**
 * What is known of a large object before its ranges are fetched: its checksum, which answers to ranges don't have, or the checksum of
 * its parts with their size. What the server does not tell is left out: the GETs say what is wrong, if anything is.
 */
export async function inspectObject(
  { name, size }: RemoteFile,
  parameters: Readonly<Record<string, string>>,
  requests: BucketRequests,
  signal: AbortSignal,
): Promise<FileFacts> {
  const headers = { 'x-amz-checksum-mode': 'ENABLED' };
  const answer = await requests.send({ method: 'HEAD', key: name, parameters, headers }, signal);
  if (!('body' in answer)) return {};
  const facts: FileFacts = { ...objectFacts(answer.headers), ...sizeOf(contentLength(answer.headers)) };
  const composite = compositeChecksum(answer.headers);
  const hasOwn = Object.keys(facts.checksums ?? {}).length > 0;
  if (hasOwn || composite === undefined || size === undefined) return facts;
  const lengthOfPart = async (partNumber: number) => {
    const part = { ...parameters, partNumber: String(partNumber) };
    const told = await requests.send({ method: 'HEAD', key: name, parameters: part }, signal);
    return 'body' in told ? contentLength(told.headers) : undefined;
  };
  const parts = equalParts(composite, size, await lengthOfPart(1), await lengthOfPart(composite.count));
  return parts === undefined ? facts : { ...facts, checksums: { parts } };
}

/** The checksum with the size of the parts, if they can all be of one size but the last. Others can't be verified. */
export function equalParts(
  { algorithm, value, count }: CompositeChecksum,
  size: number,
  first: number | undefined,
  last: number | undefined,
): Checksums['parts'] {
  if (first === undefined || last === undefined || last < 1 || last > first) return undefined;
  return (count - 1) * first + last === size ? { algorithm, value, count, partSize: first } : undefined;
}

function sizeOf(size: number | undefined): FileFacts {
  return size === undefined ? {} : { size };
}
