import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../definitions/config/parse-config';
import { configDirectory, serviceAccountDirectory } from '../definitions/names/controller';
import type { Component, Environment } from './component';
import { ApiConnection } from './runtime/api-connection';
import { parseBindAddress } from './runtime/bind-address';
import { KubernetesClient } from './runtime/client';
import { realClock, realRandom } from './runtime/clock';
import { loadClusterConfig, type ClusterConfig } from './runtime/cluster-config';
import { EventRecorder } from './runtime/events';
import type { ControllerFlags } from './runtime/flags';
import { LeaderElection } from './runtime/leader-election';
import { createLogger, type Logger } from './runtime/log';
import { Manager } from './runtime/manager';
import { createMetrics, type RuntimeMetrics } from './runtime/metrics';
import { MetricsAccess } from './runtime/metrics-access';
import { CertificateFiles } from './runtime/certificate-files';
import { secureMetricsServer } from './runtime/metrics-server';
import { selfSignedCertificate } from './runtime/self-signed-certificate';
import { stopOnSignals } from './runtime/signals';
import { UsageError } from './runtime/usage-error';
import { version } from '../definitions/names/version';

const userAgent = `slipway/${version}`;

/**
 * Runs one component until it is told to stop.
 *
 * @returns the exit code of the process
 * @throws UsageError, ConfigError before anything is started; Error when a port is taken or no API server is configured
 */
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export async function runComponent(
  component: Component,
  flags: ControllerFlags,
  environment: Environment,
): Promise<number> {
  const configured = component.configure(readConfigFile(component, flags), environment);
  const health = parseBindAddress(flags.healthProbeBindAddress, 'health-probe-bind-address');
  const metricsAddress = parseBindAddress(flags.metricsBindAddress, 'metrics-bind-address');
  const log = createLogger(flags.log);
  const metrics = createMetrics({ process: true });
  const cluster = await loadClusterConfig({
    env: environment,
    clock: realClock,
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
  });
  log.info({ component: component.name, version, cluster: cluster.source, server: cluster.server }, 'starting');

  const election = flags.leaderElect ? electLeader(component, cluster, environment, log, metrics) : undefined;
  // No write leaves this process once another one may hold the lease.
  const guarded = election === undefined ? {} : { beforeWrite: () => election.assertHeld() };
  const connection = new ApiConnection({ config: cluster, clock: realClock, metrics, userAgent, ...guarded });
  const client = new KubernetesClient(connection);
  const unguardedClient =
    election === undefined
      ? client
      : new KubernetesClient(new ApiConnection({ config: cluster, clock: realClock, metrics, userAgent }));
  const events = new EventRecorder({
    client,
    clock: realClock,
    log,
    controller: `slipway.dev/${component.name}`,
    instance: podName(environment),
  });
  const manager = new Manager({
    client,
    clock: realClock,
    random: realRandom,
    log,
    metrics,
    health,
    metricsEndpoint:
      metricsAddress === undefined
        ? undefined
        : {
            address: metricsAddress,
            ...(flags.metricsSecure ? { server: secureMetrics(client, metrics, log, flags) } : {}),
          },
    leaderElection: election,
    cutOff: () => void connection.close(),
    afterWork: () => events.flush(),
    watchIdleSeconds: flags.watchIdleSeconds,
  });
  if (configured.enabled) {
    const directory = environment['SLIPWAY_SERVICE_ACCOUNT_DIRECTORY'] ?? serviceAccountDirectory;
    const parts = {
      client,
      unguardedClient,
      events,
      clock: realClock,
      random: realRandom,
      metrics,
      log,
      userAgent,
      ...guarded,
    };
    configured.addTo(manager, { ...parts, serviceAccountDirectory: directory });
  } else {
    log.warn({ component: component.name }, 'switched off by configuration: healthy and idle');
  }
  const stop = stopOnSignals(log);
  const code = await manager.run(stop.signal);
  stop.dispose();
  return code;
}

/** The file the flag names must be there; the mounted one may be absent. */
function readConfigFile(component: Component, flags: ControllerFlags): string | undefined {
  const file = flags.config ?? join(configDirectory, component.configFile);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    if (flags.config !== undefined) throw new ConfigError('--config', [`reading ${file}: ${cause}`]);
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined;
    throw new ConfigError(file, [cause]);
  }
}

function electLeader(
  component: Component,
  config: ClusterConfig,
  environment: Environment,
  log: Logger,
  metrics: RuntimeMetrics,
): LeaderElection {
  const namespace = environment['POD_NAMESPACE'] ?? config.namespace;
  if (namespace === undefined) {
    throw new UsageError(
      '--leader-elect: no namespace for the lease: set POD_NAMESPACE, or one in the kubeconfig context',
    );
  }
  const connection = new ApiConnection({ config, clock: realClock, metrics, userAgent, requestTimeoutMs: 5_000 });
  return new LeaderElection({
    lease: { name: component.lease, namespace },
    identity: `${podName(environment)}_${randomUUID()}`,
    client: new KubernetesClient(connection),
    clock: realClock,
    random: realRandom,
    log,
    metrics,
  });
}

/** Served under a certificate of a file, or one made here; whoever scrapes is asked for at the API server. */
function secureMetrics(client: KubernetesClient, metrics: RuntimeMetrics, log: Logger, flags: ControllerFlags) {
  const shared = { metrics, access: new MetricsAccess(client, realClock), log };
  const { metricsCertPath } = flags;
  if (metricsCertPath === undefined) {
    return () => secureMetricsServer({ ...shared, certificate: selfSignedCertificate(hostname(), realClock.now()) });
  }
  // Read before anything is started: a wrong path is a wrong command line.
  const files = new CertificateFiles({
    directory: metricsCertPath,
    purpose: 'metrics',
    setting: '--metrics-cert-path',
    clock: realClock,
    log,
  });
  return () => secureMetricsServer({ ...shared, certificate: files.current, renewed: () => files.renewed() });
}

function podName(environment: Environment): string {
  return environment['POD_NAME'] ?? hostname();
}
