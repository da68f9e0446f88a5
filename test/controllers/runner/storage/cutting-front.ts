import { connect, createServer, type AddressInfo } from 'node:net';

/** A server in front of another one, whose connections break. */
export interface CuttingFront {
  readonly url: string;
  /** Connections that were cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** Forwards connections to a server, and cuts the first ones after so many bytes of answers. */
export async function startCuttingFront(behind: string, connections: number, bytes: number): Promise<CuttingFront> {
  const { hostname, port } = new URL(behind);
  const sockets = new Set<{ destroy(): void }>();
  let cuts = 0;
  let taken = 0;
  const server = createServer((client) => {
    const breaks = taken < connections;
    taken += 1;
    let left = bytes;
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      const piece = breaks ? chunk.subarray(0, left) : chunk;
      left -= chunk.length;
      client.write(piece);
      if (!breaks || left > 0) return;
      cuts += 1;
      upstream.destroy();
      client.end();
    });
    upstream.on('close', () => client.end());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
