import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A running SOCKS5 proxy. */
export interface SocksProxy {
  readonly port: number;
  /** `host:port` of every server that was asked for, with the user who asked: `ada@localhost:443`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts a SOCKS5 proxy (RFC 1928, 1929) on 127.0.0.1 that leads every connection to servers of this machine, whatever host is named.
 *
 * @param user who may use it; absent: everybody
 */
export async function startSocksProxy(user?: {
  readonly name: string;
  readonly password: string;
}): Promise<SocksProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    void serve(client, user, asked).catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function serve(
  client: Socket,
  user: { readonly name: string; readonly password: string } | undefined,
  asked: string[],
): Promise<void> {
  const greeting = await bytes(client, 2);
  await bytes(client, greeting[1] ?? 0);
  const method = user === undefined ? 0 : 2;
  client.write(Buffer.from([5, method]));
  let who = '';
  if (user !== undefined) {
    await bytes(client, 1);
    const [name, password] = [await text(client), await text(client)];
    const known = name === user.name && password === user.password;
    client.write(Buffer.from([1, known ? 0 : 1]));
    if (!known) throw new Error('unknown user');
    who = `${name}@`;
  }
  const [, , , kind] = await bytes(client, 4);
  const host = kind === 3 ? await text(client) : (await bytes(client, kind === 4 ? 16 : 4)).join('.');
  const port = (await bytes(client, 2)).readUInt16BE();
  asked.push(`${who}${host}:${port}`);
  const target = connect(port, '127.0.0.1', () => {
    client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
    client.pipe(target).pipe(client);
  });
  target.on('error', () => client.destroy());
  client.once('close', () => target.destroy());
}

/** Text with its length before it. */
async function text(client: Socket): Promise<string> {
  const [length = 0] = await bytes(client, 1);
  return (await bytes(client, length)).toString('utf8');
}

async function bytes(client: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const chunk: unknown = count === 0 ? Buffer.alloc(0) : client.read(count);
    if (Buffer.isBuffer(chunk)) return chunk;
    await new Promise<void>((resolve, reject) => {
      client.once('readable', resolve);
      client.once('close', () => reject(new Error('closed')));
    });
  }
}
