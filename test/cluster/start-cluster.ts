import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient, type ApiClientOptions } from './api-client';
import { type AuditLevel, auditPolicy } from './audit-policy';
import { toolBinary } from './binaries';
import type { ClusterConnection } from './cluster-connection';
import {
  type ControlPlaneLayout,
  type ControllerManagerMode,
  apiServerFlags,
  clusterFiles,
  controllerManagerFlags,
  etcdFlags,
} from './control-plane-flags';
import { installCrds } from './custom-resource-definitions';
import { freePort } from './free-port';
import { writeKubeconfig } from './kubeconfig';
import { ObjectClient } from './object-client';
import { OrphanGuard } from './orphan-guard';
import { ServerProcess } from './server-process';
import type { ObjectReference } from './unstructured-object';
import { waitFor } from './wait-for';

/** What kind of cluster to start. */
export interface ClusterOptions {
  /** @default 'off' */
  readonly controllerManager?: ControllerManagerMode;
  /** @default 'writes' */
  readonly audit?: AuditLevel;
  /**
   * Whether admission webhooks are asked. Off where everything is installed and nothing runs: nobody would answer at the Services
   * that webhooks are behind.
   *
   * @default true
   */
  readonly asksWebhooks?: boolean;
  /**
   * Whether who makes an object that holds back the deletion of its owner must be allowed to change the owner's finalizers, as on
   * OpenShift.
   *
   * @default false
   */
  readonly checksOwners?: boolean;
  /**
   * CustomResourceDefinitions that are served before kube-controller-manager starts: its garbage collector takes half a minute to learn of
   * later ones, and what their objects own stays as long.
   *
   * @default none
   */
  readonly crds?: readonly ObjectReference[];
  /** Receives lines of progress while servers are built. @default standard error */
  readonly log?: (line: string) => void;
}

/** A cluster that this process started and has to stop. */
export interface RunningCluster extends ClusterConnection {
  /** Process ids of the servers, ended ones included. */
  readonly pids: readonly number[];
  /** Kills the API server and starts it again: same address, same certificate, same data. Ready when it resolves. */
  restartApiServer(): Promise<void>;
  /** Kills the servers and removes the cluster's directory. */
  stop(): Promise<void>;
}

/** Starts of a server are repeated this often when another process took its port first. */
const attempts = 4;

/** Milliseconds until the API server must be ready. Alone it needs three seconds, on a busy machine many more. */
const readyTimeout = 90_000;

/**
 * Starts etcd, kube-apiserver and, if wanted, kube-controller-manager on free ports of 127.0.0.1. Ready in about 4 s when
 * the programs are there; getting them the first time can take minutes. The servers end with this process, however it
 * ends.
 *
 * @throws when a program can't be had, or a server does not get ready, with the end of its log
 */
export async function startCluster(options: ClusterOptions = {}): Promise<RunningCluster> {
  const {
    controllerManager = 'off',
    audit = 'writes',
    asksWebhooks = true,
    checksOwners = false,
    crds = [],
    log = toStandardError,
  } = options;
  const programs = {
    etcd: await toolBinary('etcd', log),
    apiServer: await toolBinary('kube-apiserver', log),
    ...(controllerManager !== 'off' && { controllerManager: await toolBinary('kube-controller-manager', log) }),
  };
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'slipway-cluster-'));
  const guard = new OrphanGuard(directory);
  const servers: ServerProcess[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
    await guard.release();
  };
  const start = (name: string, program: string, flags: string[]) => {
    const server = new ServerProcess(name, program, flags, join(directory, `${name}.log`), guard);
    servers.push(server);
    return server;
  };
  try {
    const adminToken = randomBytes(24).toString('hex');
    const managerToken = randomBytes(24).toString('hex');
    await writeCredentials(directory, { adminToken, managerToken });
    if (audit !== 'off') await writeFile(join(directory, clusterFiles.auditPolicy), JSON.stringify(auditPolicy(audit)));
    const startApiServer = (layout: ControlPlaneLayout) =>
      start(
        'kube-apiserver',
        programs.apiServer,
        apiServerFlags(layout, { audit: audit !== 'off', asksWebhooks, checksOwners }),
      );
    const controlPlane = await startControlPlane(directory, adminToken, (layout) => [
      start('etcd', programs.etcd, etcdFlags(layout)),
      startApiServer(layout),
    ]);
    const { url, ca, layout } = controlPlane;
    let [, apiServer] = controlPlane.servers;
    const restartApiServer = async () => {
      await apiServer?.stop();
      apiServer = startApiServer(layout);
      await ready(layout, adminToken, [apiServer]);
    };
    const adminKubeconfig = join(directory, clusterFiles.adminKubeconfig);
    await writeKubeconfig(adminKubeconfig, { url, ca, token: adminToken, user: 'admin' });
    await installBeforehand({ url, ca, token: adminToken }, crds);
    if (controllerManager !== 'off' && programs.controllerManager !== undefined) {
      const kubeconfig = join(directory, clusterFiles.controllerManagerKubeconfig);
      await writeKubeconfig(kubeconfig, { url, ca, token: managerToken, user: 'kube-controller-manager' });
      const flags = controllerManagerFlags(directory, controllerManager);
      start('kube-controller-manager', programs.controllerManager, flags);
    }
    const connection = { url, ca, adminToken, adminKubeconfig, directory, audit, controllerManager };
    return {
      ...connection,
      get pids() {
        return servers.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
      },
      restartApiServer,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function installBeforehand(options: ApiClientOptions, crds: readonly ObjectReference[]): Promise<void> {
  if (crds.length === 0) return;
  const client = new ObjectClient(options);
  try {
    await installCrds(client, crds);
  } finally {
    await client.close();
  }
}

async function writeCredentials(directory: string, tokens: { adminToken: string; managerToken: string }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const users = [
    `${tokens.adminToken},admin,admin,"system:masters"`,
    `${tokens.managerToken},system:kube-controller-manager,kube-controller-manager`,
  ];
  const secret = { mode: 0o600 };
  await writeFile(join(directory, clusterFiles.tokens), `${users.join('\n')}\n`, secret);
  await writeFile(join(directory, clusterFiles.accountKey), privateKey, secret);
  await writeFile(join(directory, clusterFiles.accountPublicKey), publicKey);
}

/** Both servers start at once: the API server waits for etcd by itself. */
async function startControlPlane(
  directory: string,
  adminToken: string,
  start: (layout: ControlPlaneLayout) => ServerProcess[],
): Promise<{ url: string; ca: string; layout: ControlPlaneLayout; servers: readonly ServerProcess[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const layout = { directory, etcdPort: await freePort(), apiPort: await freePort() };
    const servers = start(layout);
    try {
      return { ...(await ready(layout, adminToken, servers)), layout, servers };
    } catch (error) {
      const logs = await Promise.all(servers.map((server) => server.lastLines(20)));
      await Promise.all(servers.map((server) => server.stop()));
      const portTaken = logs.some((log) => log.includes('address already in use'));
      if (!portTaken || attempt === attempts) throw error;
      await rm(join(directory, 'etcd'), { recursive: true, force: true });
    }
  }
}

/** Waits for the API server, but not for one that ended. */
async function ready(layout: ControlPlaneLayout, token: string, servers: readonly ServerProcess[]) {
  const url = `https://127.0.0.1:${layout.apiPort}`;
  const outcome = await waitFor(
    'the API server to be ready',
    async () => {
      const dead = servers.find(({ ended }) => ended !== undefined);
      if (dead !== undefined) return { dead };
      const ca = await readFile(join(layout.directory, clusterFiles.certificate), 'utf8');
      return (await isReady({ url, ca, token })) && { ca };
    },
    { timeout: readyTimeout, interval: 50 },
  );
  if ('ca' in outcome) return { url, ca: outcome.ca };
  const { dead } = outcome;
  const tail = await dead.lastLines(8);
  throw new Error(`starting ${dead.name} of the test cluster: ended with ${dead.ended}; its last lines:\n${tail}`);
}

async function isReady(options: ApiClientOptions): Promise<boolean> {
  const client = new ApiClient(options);
  try {
    return (await client.request('GET', '/readyz')).status === 200;
  } finally {
    await client.close();
  }
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
