import { createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that nothing listens on at this moment. Another process may take it before the caller's server
 * does, so a server that finds it taken must be started again on another one.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('finding a free port of 127.0.0.1: the system named none'));
      });
    });
  });
}
