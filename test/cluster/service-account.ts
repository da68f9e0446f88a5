import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ClusterConnection } from './cluster-connection';
import { writeKubeconfig } from './kubeconfig';
import type { ObjectClient } from './object-client';

/** A ServiceAccount's identity as its Pods have it. */
export interface ServiceAccountIdentity {
  readonly namespace: string;
  readonly name: string;
  /** `system:serviceaccount:NAMESPACE:NAME`, as in the audit log. */
  readonly username: string;
  /** Bearer token from the TokenRequest API, valid for an hour. */
  readonly token: string;
  /** Path of a kubeconfig with the token. */
  readonly kubeconfig: string;
  /** Holds `token`, `ca.crt` and `namespace`, like /var/run/secrets/kubernetes.io/serviceaccount in a Pod. */
  readonly directory: string;
}

const tokenSchema = z.object({ status: z.object({ token: z.string() }) });

/** Creates a ServiceAccount unless it exists, and requests a token for it. It has no rights beyond what tests bind. */
export async function issueServiceAccount(
  client: ObjectClient,
  { url, ca, directory }: Pick<ClusterConnection, 'url' | 'ca' | 'directory'>,
  namespace: string,
  name: string,
): Promise<ServiceAccountIdentity> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  // Where the ServiceAccount came with rendered manifests already, it stays as it is.
  if ((await client.find(account)) === undefined) await client.create(account);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status, body } = await client.request('POST', path, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
  });
  const answer = tokenSchema.safeParse(body);
  if (!answer.success) {
    throw new Error(`requesting a token for ServiceAccount ${namespace}/${name}: ${status}: ${JSON.stringify(body)}`);
  }
  const { token } = answer.data.status;
  const identities = join(directory, 'identities');
  await mkdir(identities, { recursive: true });
  const mounted = await mkdtemp(join(identities, `${namespace}-${name}-`));
  const kubeconfig = join(mounted, 'kubeconfig');
  await writeKubeconfig(kubeconfig, { url, ca, token, user: name, namespace });
  await writeFile(join(mounted, 'token'), token, { mode: 0o600 });
  await writeFile(join(mounted, 'ca.crt'), ca);
  await writeFile(join(mounted, 'namespace'), namespace);
  const username = `system:serviceaccount:${namespace}:${name}`;
  return { namespace, name, username, token, kubeconfig, directory: mounted };
}
