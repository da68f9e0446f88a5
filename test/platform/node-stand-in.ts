import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { KubernetesClient } from '../../controllers/runtime/client';
import { servingWebhookPortName } from '../../definitions/names/serving-webhooks';
import { containerEnv, containerEnvSchema } from './container-env';
import { OrphanGuard } from '../cluster/orphan-guard';
import type { Manifest } from './manifests';

const deploymentSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z
          .array(
            z.object({
              name: z.string(),
              args: z.array(z.string()).default([]),
              env: containerEnvSchema,
              ports: z.array(z.object({ name: z.string() })).default([]),
            }),
          )
          .length(1),
        volumes: z.array(z.looseObject({ configMap: z.object({ name: z.string() }).optional() })).default([]),
      }),
    }),
  }),
});
const configMapSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });
const tokenSchema = z.object({ status: z.object({ token: z.string() }) });

/** Where the controller finds the API server. */
export interface ClusterAddress {
  /** https://host:port */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
}

/** What the stand-in needs to run a Deployment. */
export interface NodeStandInOptions {
  readonly deployment: Manifest;
  /** All rendered objects: the ConfigMaps that the Deployment mounts are among them. */
  readonly manifests: readonly Manifest[];
  readonly cluster: ClusterAddress;
  readonly client: KubernetesClient;
  /** The bundled program. */
  readonly program: string;
  /** Where a container that has a port for webhooks serves them. */
  readonly webhookPort: number;
  /** Starts a process again that ends, as the kubelet does. @default its end is the end */
  readonly restarts?: boolean;
  /** Told of each log line that is no routine. */
  readonly onLog: (line: LogLine) => void;
}

const logLineSchema = z.looseObject({ level: z.union([z.string(), z.number()]), msg: z.string().default('') });
/** One JSON line of a controller's log. */
export type LogLine = z.output<typeof logLineSchema>;

/** A controller that runs. */
export interface RunningController {
  readonly name: string;
  /** Id of the process that runs now. */
  pid(): number | undefined;
  /** Resolves when the process has ended, with its exit code or signal. */
  readonly ended: Promise<string>;
  /** Sends SIGTERM, waits, and removes what was mounted. */
  stop(): Promise<void>;
}

/**
 * Stands in for the kubelet, on a machine that has no nodes: runs the container of a rendered Deployment as a local process,
 * with the container's arguments and environment, its ConfigMap as a file and a real token of its ServiceAccount.
 *
 * Limits: one container, ConfigMap volumes only; no probes, resources or security context are enforced; ports are free ones
 * on loopback, that of webhooks is given; the token is issued for a day and not rotated.
 */
export async function runDeployment(options: NodeStandInOptions): Promise<RunningController> {
  const { metadata, spec } = deploymentSchema.parse(options.deployment);
  const { namespace } = metadata;
  const { serviceAccountName, containers, volumes } = spec.template.spec;
  const [container] = containers;
  if (container === undefined) throw new Error(`Deployment ${metadata.name} has no container`);

  const root = await mkdtemp(join(tmpdir(), 'slipway-pod-'));
  const guard = new OrphanGuard(root);
  const serviceAccount = join(root, 'serviceaccount');
  const token = await issueToken(options.client, namespace, serviceAccountName);
  await mkdir(serviceAccount);
  await writeFile(join(serviceAccount, 'token'), token, { mode: 0o600 });
  await writeFile(join(serviceAccount, 'ca.crt'), options.cluster.ca);
  await writeFile(join(serviceAccount, 'namespace'), namespace);

  const files = volumes.flatMap(({ configMap }) =>
    configMap === undefined ? [] : configData(options.manifests, namespace, configMap.name),
  );
  for (const [name, text] of files) await writeFile(join(root, name), text);
  const config = files.map(([name]) => `--config=${join(root, name)}`);

  const server = new URL(options.cluster.server);
  const pod = { 'metadata.namespace': namespace, 'metadata.name': `${metadata.name}-local` };
  const env = {
    PATH: process.env['PATH'],
    ...Object.fromEntries(
      Object.entries(await containerEnv(container.env, { fields: pod })).map(([name, value]) => [
        name,
        inPod(root, value),
      ]),
    ),
    KUBERNETES_SERVICE_HOST: server.hostname,
    KUBERNETES_SERVICE_PORT: server.port,
    SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: serviceAccount,
  };
  // Later flags win: a pod's ports are its own, this machine's are shared.
  const addresses = ['--health-probe-bind-address=127.0.0.1:0', '--metrics-bind-address=127.0.0.1:0'];
  const webhooks = container.ports.some(({ name }) => name === servingWebhookPortName)
    ? [`--webhook-port=${options.webhookPort}`]
    : [];
  const args = [options.program, ...container.args, ...addresses, ...webhooks, ...config];
  let child: ChildProcess;
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    const start = () => {
      // Its own group: Ctrl-C must not end the controller before what it holds by finalizers is let go.
      const started = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      if (started.pid !== undefined) guard.watch(started.pid);
      for (const stream of [started.stdout, started.stderr])
        createInterface(stream).on('line', (line) => options.onLog(parseLogLine(line)));
      started.once('exit', (code, signal) => {
        const end = signal ?? String(code);
        if (stopping || options.restarts !== true) return resolve(end);
        options.onLog({ level: 'warn', msg: `ended with ${end}, started again` });
        child = start();
      });
      return started;
    };
    child = start();
  });

  return {
    name: container.args[0] ?? metadata.name,
    pid: () => child.pid,
    ended,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
      await guard.release();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function issueToken(client: KubernetesClient, namespace: string, serviceAccount: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 86_400 } };
  return tokenSchema.parse(await client.post(path, request)).status.token;
}

function configData(manifests: readonly Manifest[], namespace: string, name: string): [string, string][] {
  const found = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name && metadata.namespace === namespace,
  );
  if (found === undefined) throw new Error(`ConfigMap ${namespace}/${name} is mounted and not rendered`);
  return Object.entries(configMapSchema.parse(found).data);
}

/** The pod's `/tmp` is a directory of its own. */
function inPod(root: string, value: string): string {
  return value.replace(/^\/tmp(?=\/|$)/, root);
}

/** Lines that are no JSON come from Node itself: a crash. They are never dropped. */
function parseLogLine(line: string): LogLine {
  try {
    return logLineSchema.parse(JSON.parse(line));
  } catch {
    return { level: 'error', msg: line };
  }
}
