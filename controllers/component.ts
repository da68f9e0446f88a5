import type { Clock, Random } from './runtime/clock';
import type { KubernetesClient } from './runtime/client';
import type { EventRecorder } from './runtime/events';
import type { Logger } from './runtime/log';
import type { Manager } from './runtime/manager';
import type { RuntimeMetrics } from './runtime/metrics';

/** A controller that the program can run: `slipway NAME`. */
export interface Component {
  readonly name: string;
  /** Lease that keeps two of them from working at the same time. */
  readonly lease: string;
  /** Name of its file below the configuration directory. */
  readonly configFile: string;
  /**
   * Reads the configuration.
   *
   * @param file content of the configuration file, absent when there is none
   * @throws ConfigError
   */
  configure(file: string | undefined, environment: Environment): ConfiguredComponent;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A component that knows what to do. */
export interface ConfiguredComponent {
  /** Off: the process stays up and healthy and does nothing. */
  readonly enabled: boolean;
  /** Adds its watches and controllers. */
  addTo(manager: Manager, parts: ComponentParts): void;
  /** Ends what it holds beside its watches and controllers: connections. */
  close(): Promise<void>;
}

/** What a component is given. */
export interface ComponentParts {
  readonly client: KubernetesClient;
  /** Writes whoever holds the lease: for what every replica does, such as keeping the certificate it serves with. */
  readonly unguardedClient: KubernetesClient;
  readonly events: EventRecorder;
  /** Throws once another process may hold the lease: call it before anything is changed outside of the API server. Absent without a lease. */
  readonly beforeWrite?: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** Says who calls, to registries and model servers. */
  readonly userAgent: string;
  /** Directory with the token of our ServiceAccount. */
  readonly serviceAccountDirectory: string;
}
