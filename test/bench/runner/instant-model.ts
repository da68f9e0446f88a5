import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A program, a model that answers at once: one number for each row, without a look at the rows, so that its own time does not count. Prints its
 * URL; ends when its standard input does.
 */
const answers = new Map<number, Buffer>();

function answerFor(rows: number): Buffer {
  const known = answers.get(rows);
  if (known !== undefined) return known;
  const data = Array.from({ length: rows }, (_, row) => row % 3);
  const outputs = [{ name: 'predict', datatype: 'INT64', shape: [rows], data }];
  const made = Buffer.from(JSON.stringify({ model_name: 'instant', outputs }));
  answers.set(rows, made);
  return made;
}

const metadata = JSON.stringify({
  name: 'instant',
  inputs: [{ name: 'input-0', datatype: 'FP32', shape: [-1, -1] }],
  outputs: [{ name: 'predict', datatype: 'INT64', shape: [-1] }],
});

const server = createServer((request, response) => {
  let rows: number | undefined;
  request.on('data', (chunk: Buffer) => {
    if (rows === undefined) rows = Number(/"shape":\[(\d+)/.exec(chunk.toString('latin1', 0, 1000))?.[1] ?? 0);
  });
  request.on('end', () => {
    const body = request.method === 'POST' ? answerFor(rows ?? 0) : metadata;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().once('end', () => process.exit(0));
