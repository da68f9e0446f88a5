import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { selfSignedCertificate } from '../../controllers/runtime/self-signed-certificate';
import { goProgram } from '../tools/go-programs';
import { blob, manifest, ociTypes, type ImageBlob } from './oci-image';
import { startStorageProcess } from './storage-process';

/** The one user of a registry that has any. */
export const puller = { username: 'puller', password: 's3cret-pull' };
/** bcrypt of the password, the only kind that the registry takes. */
const htpasswd = `${puller.username}:$2b$04$1BId7X9VX3zrniphi19r9eUCnPacMrotl/QZfCr4hftnOW.dtQXN2\n`;

/** A registry of images: github.com/distribution/distribution, in a directory. */
export interface OciRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: string;
  /** Requests that its token server had, by who asked: `nobody`, `puller`, `identity`. */
  readonly tokensAsked: readonly string[];
  /** Uploads blobs and manifests of an image; the last manifest gets the tag. @returns its digest */
  push(repository: string, tag: string, blobs: readonly ImageBlob[], manifests: readonly ImageBlob[]): Promise<string>;
  /** Pushes an image with some layers under a tag. @returns the digest of its manifest */
  pushImage(repository: string, tag: string, layers: readonly ImageBlob[], manifestType?: string): Promise<string>;
  close(): Promise<void>;
}

/** Whom a registry lets in. */
export type RegistryAuth =
  | 'none'
  | 'basic'
  /** Tokens of a server, which gives them to the user, for the identity token `identity-token`, and to nobody below `public/`. */
  | 'token';

/** How long a token is good for. */
const tokenSeconds = 300;

/** Starts a registry on 127.0.0.1. It ends with this process at the latest. */
export async function startOciRegistry(auth: RegistryAuth = 'none'): Promise<OciRegistry> {
  const program = await goProgram('oci-registry');
  const tokens = auth === 'token' ? await startTokenServer() : undefined;
  const registry = await startStorageProcess('oci-registry', (port, directory) => {
    const config = join(directory, 'config.json');
    writeFileSync(join(directory, 'htpasswd'), htpasswd);
    writeFileSync(join(directory, 'tokens.pem'), tokens?.certificate ?? '');
    const schemes = {
      none: {},
      basic: { auth: { htpasswd: { realm: 'test registry', path: join(directory, 'htpasswd') } } },
      token: {
        auth: {
          token: {
            realm: tokens?.realm,
            service: tokenService,
            issuer: tokenIssuer,
            rootcertbundle: join(directory, 'tokens.pem'),
          },
        },
      },
    };
    // YAML, of which JSON is a part.
    writeFileSync(
      config,
      JSON.stringify({
        version: '0.1',
        log: { level: 'error' },
        storage: { filesystem: { rootdirectory: join(directory, 'data') } },
        http: { addr: `127.0.0.1:${port}` },
        ...schemes[auth],
      }),
    );
    return [program, 'serve', config];
  });
  const authorization = (repository: string) =>
    auth === 'none'
      ? {}
      : { authorization: auth === 'basic' ? basicField() : `Bearer ${tokens?.grant(repository, ['pull', 'push'])}` };
  const push: OciRegistry['push'] = async (repository, tag, blobs, manifests) => {
    const base = `${registry.url}/v2/${repository}`;
    const headers = authorization(repository);
    for (const { bytes, digest } of blobs) {
      const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers });
      const place = new URL(begun.headers.get('location') ?? '', registry.url);
      place.searchParams.set('digest', digest);
      const body = new Uint8Array(bytes);
      const put = await fetch(place, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/octet-stream' },
        body,
      });
      if (put.status !== 201) throw new Error(`uploading a blob: ${put.status} ${await put.text()}`);
    }
    for (const [position, { bytes, digest, mediaType }] of manifests.entries()) {
      const reference = position === manifests.length - 1 ? tag : digest;
      const put = await fetch(`${base}/manifests/${reference}`, {
        method: 'PUT',
        headers: { ...headers, 'content-type': mediaType },
        body: new Uint8Array(bytes),
      });
      if (put.status !== 201) throw new Error(`uploading a manifest: ${put.status} ${await put.text()}`);
    }
    return manifests.at(-1)?.digest ?? '';
  };
  return {
    host: new URL(registry.url).host,
    url: registry.url,
    tokensAsked: tokens?.asked ?? [],
    push,
    pushImage: (repository, tag, layers, manifestType) => {
      const config = blob(ociTypes.config, Buffer.from('{"architecture":"amd64","os":"linux"}'));
      return push(repository, tag, [config, ...layers], [manifest(config, layers, manifestType)]);
    },
    async close() {
      await registry.close();
      await tokens?.close();
    },
  };
}

function basicField(): string {
  return `Basic ${Buffer.from(`${puller.username}:${puller.password}`).toString('base64')}`;
}

const [tokenService, tokenIssuer] = ['test-registry', 'test-token-server'];

interface TokenServer {
  readonly realm: string;
  /** PEM of who signs the tokens. */
  readonly certificate: string;
  readonly asked: readonly string[];
  grant(repository: string, actions: readonly string[]): string;
  close(): Promise<void>;
}

/**
 * A double of a registry's token server, since every registry has one of its own: it is built from the specification of the registry that
 * asks for the tokens (distribution, "token authentication" and "OAuth2"), and that registry, which is real, judges them. It knows one user
 * and one identity token, and no refresh tokens.
 */
async function startTokenServer(): Promise<TokenServer> {
  const { cert, key } = selfSignedCertificate('token-server', Date.now());
  const asked: string[] = [];
  const grant = (repository: string, actions: readonly string[]) => signedToken(cert, key, repository, actions);
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://token-server');
      const parameters = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
      const who = whoAsks(request.headers.authorization, parameters);
      asked.push(who ?? 'somebody else');
      const repository = /^repository:(.+):pull$/.exec(parameters.get('scope') ?? '')?.[1] ?? '';
      if (who === undefined || parameters.get('service') !== tokenService) {
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[]}');
        return;
      }
      const actions = who !== 'nobody' || repository.startsWith('public/') ? ['pull'] : [];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: grant(repository, actions), expires_in: tokenSeconds }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    certificate: cert,
    asked,
    grant,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function whoAsks(authorization: string | undefined, parameters: URLSearchParams): string | undefined {
  if (parameters.get('grant_type') === 'refresh_token') {
    return parameters.get('refresh_token') === 'identity-token' ? 'identity' : undefined;
  }
  if (authorization === undefined) return 'nobody';
  return authorization === basicField() ? puller.username : undefined;
}

function signedToken(cert: string, key: string, repository: string, actions: readonly string[]): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const head = part({ typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(cert).raw.toString('base64')] });
  const claims = part({
    iss: tokenIssuer,
    sub: '',
    aud: tokenService,
    iat: now,
    nbf: now - 10,
    exp: now + tokenSeconds,
    jti: createHash('sha256').update(`${repository}${now}`).digest('hex').slice(0, 16),
    access: [{ type: 'repository', name: repository, actions }],
  });
  const signature = sign('sha256', Buffer.from(`${head}.${claims}`), {
    key: createPrivateKey(key),
    dsaEncoding: 'ieee-p1363',
  });
  return `${head}.${claims}.${signature.toString('base64url')}`;
}
