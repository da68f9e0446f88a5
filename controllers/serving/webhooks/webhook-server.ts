import type { ServingConfig } from '../../../definitions/config/serving';
import { servingFieldManager } from '../../../definitions/names/serving';
import { servingWebhookConfigurations } from '../../../definitions/names/serving-webhooks';
import { CertificateFiles } from '../../runtime/certificate-files';
import type { KubernetesClient } from '../../runtime/client';
import type { Clock, Random } from '../../runtime/clock';
import type { Logger } from '../../runtime/log';
import type { Manager } from '../../runtime/manager';
import type { RuntimeMetrics } from '../../runtime/metrics';
import type { ServerCertificate } from '../../runtime/self-signed-certificate';
import { OwnCertificates } from '../../runtime/webhooks/own-certificates';
import { cipherList } from '../../runtime/webhooks/tls-suites';
import { WebhookServer } from '../../runtime/webhooks/webhook-server';
import { servingWebhooks } from './handlers';
import type { ServingAdmission } from './serving-admission';
import type { WebhookFlags } from './webhook-flags';

export interface ServingWebhookOptions {
  readonly config: Pick<ServingConfig, 'webhooks'> & { readonly clusterDomain: string };
  readonly flags: WebhookFlags;
  readonly admission: ServingAdmission;
  /** Must write without the lease: every replica serves. */
  readonly client: KubernetesClient;
  /** The controller's. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
}

/** Names of TLS versions: Kubernetes' and Node's. */
const tlsVersion = { VersionTLS12: 'TLSv1.2', VersionTLS13: 'TLSv1.3' } as const;

/**
 * Has the manager serve the webhooks of the serving API, with certificates of files or of our own.
 *
 * @throws ConfigError when there are no certificate files; UsageError for an unknown cipher suite
 */
export function addServingWebhooks(manager: Manager, options: ServingWebhookOptions): void {
  const { flags, admission, clock, log, metrics } = options;
  const { webhooks } = options.config;
  if (!webhooks.enabled) return;
  manager.addServer(
    new WebhookServer({
      webhooks: servingWebhooks(admission),
      address: { port: flags.port ?? webhooks.port },
      minVersion: tlsVersion[flags.tlsMinVersion ?? webhooks.tlsMinVersion],
      ciphers: cipherList(flags.tlsCipherSuites ?? []),
      ...certificatesOf(manager, options),
      clock,
      log,
      metrics,
    }),
  );
}

interface Certificates {
  readonly certificate: () => ServerCertificate | undefined;
  readonly upkeep?: (signal: AbortSignal) => Promise<void>;
}

function certificatesOf(manager: Manager, options: ServingWebhookOptions): Certificates {
  const { config, client, namespace, clock, random, log } = options;
  const { certificate } = config.webhooks;
  if (certificate.from === 'files') {
    const files = new CertificateFiles({
      directory: certificate.directory,
      purpose: 'webhooks',
      setting: 'webhooks.certificate.directory',
      clock,
      log,
    });
    return { certificate: () => files.renewed() ?? files.current };
  }
  const { secret, service, hosts, validHours } = certificate;
  const own = new OwnCertificates(
    {
      client,
      secret: { namespace, name: secret },
      configurations: servingWebhookConfigurations,
      hosts: [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.${config.clusterDomain}`, ...hosts],
      fieldManager: `${servingFieldManager}-certificates`,
      clock,
      random,
      log,
      validHours,
    },
    manager,
  );
  return { certificate: () => own.current, upkeep: (signal) => own.run(signal) };
}
