import { causeText } from './cause-text';

const newline = 0x0a;

/**
 * Takes a stream of bytes apart into JSON values, one per line.
 *
 * Bytes are joined before they are decoded: a newline byte is never part of a longer UTF-8 sequence, so a character
 * split between two chunks comes out whole. Empty lines are skipped.
 *
 * @throws Error when a line is not JSON, or the stream ends in the middle of one (a cut connection, not a clean end)
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  // Chunks of an unfinished line are kept apart until it ends: joining on each chunk would copy a 10 MB object 160 times.
  let unfinished: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      unfinished.push(chunk.subarray(start, end));
      const line = Buffer.concat(unfinished).toString('utf8').trim();
      unfinished = [];
      start = end + 1;
      if (line !== '') yield parseLine(line);
    }
    if (start < chunk.length) unfinished.push(chunk.subarray(start));
  }
  const rest = Buffer.concat(unfinished).toString('utf8').trim();
  if (rest !== '') throw new Error(`stream ended in the middle of a line of ${rest.length} characters`);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    const start = JSON.stringify(line.slice(0, 80));
    throw new Error(`line is not JSON: ${start}: ${causeText(error)}`, { cause: error });
  }
}
