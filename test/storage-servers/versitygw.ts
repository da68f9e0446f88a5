import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../cluster/free-port';
import { OrphanGuard } from '../cluster/orphan-guard';
import { ServerProcess } from '../cluster/server-process';
import { waitFor } from '../cluster/wait-for';
import { goProgram } from '../tools/go-programs';
import { S3Uploads, type ObjectBody, type UploadOptions } from './s3-uploads';

export interface VersitygwOptions {
  /** Domain below which every bucket has a name of its own: `BUCKET.DOMAIN`. Path-style works beside it. */
  readonly virtualDomain?: string;
  /** PEM certificate and key: HTTPS instead of HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** @default 'us-east-1' */
  readonly region?: string;
}

/** A running S3 server: versitygw over a directory. */
export interface Versitygw {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  makeBucket(name: string): Promise<void>;
  /** Everybody may read the bucket without signature, and list it. */
  makePublic(bucket: string, options?: { readonly list: boolean }): Promise<void>;
  /** A user with the rights of nobody. */
  addUser(accessKey: string, secretKey: string): Promise<void>;
  /** Uploads an object; with `partSize` in parts, streamed. */
  put(bucket: string, key: string, body: ObjectBody, options?: UploadOptions): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an S3 server of its own, with nothing in it, on 127.0.0.1. It ends with this process at the latest. */
export async function startVersitygw(options: VersitygwOptions = {}): Promise<Versitygw> {
  const program = await goProgram('versitygw');
  const { region = 'us-east-1', tls } = options;
  const directory = await mkdtemp(join(tmpdir(), 'slipway-versitygw-'));
  const guard = new OrphanGuard(directory);
  const [accessKey, secretKey] = ['test-access-key', 'test-secret-key-of-versitygw'];
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${await freePort()}`;
  for (const name of ['iam', 'data']) await mkdir(join(directory, name));
  if (tls !== undefined) await writeFile(join(directory, 'cert.pem'), tls.cert);
  if (tls !== undefined) await writeFile(join(directory, 'key.pem'), tls.key, { mode: 0o600 });
  const server = new ServerProcess(
    'versitygw',
    program,
    [
      ...['--port', new URL(endpoint).host, '--region', region, '--access', accessKey, '--secret', secretKey],
      ...['--keep-alive', '--quiet', '--health', '/health', '--iam-dir', join(directory, 'iam')],
      ...(options.virtualDomain === undefined ? [] : ['--virtual-domain', options.virtualDomain]),
      ...(tls === undefined ? [] : ['--cert', join(directory, 'cert.pem'), '--key', join(directory, 'key.pem')]),
      ...['posix', join(directory, 'data')],
    ],
    join(directory, 'log'),
    guard,
  );
  const uploads = new S3Uploads({ endpoint, region, accessKeyId: accessKey, secretAccessKey: secretKey });
  const stop = async () => {
    await uploads.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
    await guard.release();
  };
  try {
    await waitFor('versitygw to answer', async () => {
      if (server.ended !== undefined) return true;
      return uploads.answers('/health');
    });
    if (server.ended !== undefined) throw new Error(`versitygw: ${server.ended}: ${await server.lastLines(5)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    region,
    accessKey,
    secretKey,
    makeBucket: (name) => uploads.makeBucket(name),
    makePublic: (bucket, { list } = { list: true }) => uploads.makePublic(bucket, list),
    addUser: (access, secret) => uploads.addUser(access, secret),
    put: (bucket, key, body, how) => uploads.put(bucket, key, body, how),
    remove: (bucket, key) => uploads.remove(bucket, key),
    stop,
  };
}
