import { jsonLines } from '../../../controllers/runtime/json-lines';
import { collected } from './collected';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string, size: number): Promise<unknown[]> {
  return collected(jsonLines(chunksOf(Buffer.from(text), size)));
}

it('gives the same values however the bytes are cut, also inside a character', async () => {
  const values = [{ name: 'größe' }, { emoji: '🦊', text: 'a\nb' }, [], 'ende'];
  const text = values.map((value) => JSON.stringify(value)).join('\n') + '\n';
  for (let size = 1; size <= text.length; size += 1) {
    expect(await read(text, size)).toEqual(values);
  }
});

it('skips empty lines and takes CRLF', async () => {
  expect(await read('\n{"a":1}\r\n\n{"a":2}\n', 3)).toEqual([{ a: 1 }, { a: 2 }]);
});

it('joins an object of 10 MB from small chunks in less than two seconds', async () => {
  const started = performance.now();
  const [value] = await read(`${JSON.stringify({ data: 'x'.repeat(10_000_000) })}\n`, 1024);
  expect(value).toHaveProperty('data.length', 10_000_000);
  expect(performance.now() - started).toBeLessThan(2000);
});

it('refuses a stream that ends in the middle of a line', async () => {
  await expect(read('{"a":1}\n{"a":', 4)).rejects.toThrow('stream ended in the middle of a line of 5 characters');
});

it('names the beginning of a line that is not JSON', async () => {
  await expect(read('<html>login</html>\n', 100)).rejects.toThrow('line is not JSON: "<html>login</html>"');
});
