import { writeFile } from 'node:fs/promises';
import { dump } from 'js-yaml';

/** Who connects to which API server. */
export interface KubeconfigUser {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** CA certificates, PEM. */
  readonly ca: string;
  /** Bearer token. */
  readonly token: string;
  /** Name of the user and the context in the file. */
  readonly user: string;
  /** Namespace of the context. @default none, which clients read as `default` */
  readonly namespace?: string;
}

/** Writes a kubeconfig that only its owner can read. */
export async function writeKubeconfig(path: string, { url, ca, token, user, namespace }: KubeconfigUser) {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': user,
    clusters: [
      { name: 'test', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: user, context: { cluster: 'test', user, ...(namespace !== undefined && { namespace }) } }],
  };
  await writeFile(path, dump(kubeconfig), { mode: 0o600 });
}
