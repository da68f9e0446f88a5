import { goProgram } from '../tools/go-programs';
import { startStorageProcess } from './storage-process';

/** How an object is stored. */
export interface StoredAs {
  readonly contentEncoding?: string;
  readonly cacheControl?: string;
}

/** A Cloud Storage on this machine: github.com/fsouza/fake-gcs-server. It asks nobody who they are. */
export interface FakeGcsServer {
  readonly url: string;
  makeBucket(bucket: string): Promise<void>;
  put(bucket: string, name: string, content: string | Uint8Array, as?: StoredAs): Promise<void>;
  /** Puts objects by their names. */
  putAll(bucket: string, objects: Readonly<Record<string, string>>): Promise<void>;
  remove(bucket: string, name: string): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeGcsServer(): Promise<FakeGcsServer> {
  const program = await goProgram('fake-gcs-server');
  const process = await startStorageProcess('fake-gcs-server', (port) => [
    program,
    ...['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-public-host', `127.0.0.1:${port}`],
    ...['-backend', 'memory', '-log-level', 'error'],
  ]);
  const { url } = process;
  const call = async (method: string, path: string, body?: RequestInit['body'], type = 'application/json') => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': type },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  };
  const put = async (bucket: string, name: string, content: string | Uint8Array, as: StoredAs = {}) => {
    const head = `--frontier\r\nContent-Type: application/json\r\n\r\n${JSON.stringify({ name, ...as })}\r\n--frontier\r\n`;
    const body = Buffer.concat([
      Buffer.from(`${head}Content-Type: application/octet-stream\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n--frontier--\r\n'),
    ]);
    const path = `/upload/storage/v1/b/${bucket}/o?uploadType=multipart`;
    await call('POST', path, body, 'multipart/related; boundary=frontier');
  };
  return {
    url,
    close: () => process.close(),
    put,
    makeBucket: (bucket) => call('POST', '/storage/v1/b', JSON.stringify({ name: bucket })),
    async putAll(bucket, objects) {
      for (const [name, content] of Object.entries(objects)) await put(bucket, name, content);
    },
    remove: (bucket, name) => call('DELETE', `/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`),
  };
}
