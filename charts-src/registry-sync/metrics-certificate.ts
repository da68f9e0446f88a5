import type { Construct } from 'constructs';
import { ConfigError } from '../../definitions/config/parse-config';
import { metricsCertificateDirectory } from '../../definitions/names/controller';
import {
  Certificate,
  CertificateSpecPrivateKeyAlgorithm,
  CertificateSpecPrivateKeyRotationPolicy,
} from '../../imports/cert-manager.io';
import type { RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';

/** Where a certificate for the metrics port is, and what it is mounted by. */
export interface MetricsCertificate {
  readonly secretName: string;
  /** Name that Prometheus checks. */
  readonly serverName: string;
  readonly directory: string;
  /** Whether somebody else brings the Secret. */
  readonly external: boolean;
}

/**
 * The certificate that the options choose; none: the pod makes its own.
 *
 * @throws ConfigError for a certificate of metrics that are served over plain HTTP
 */
export function metricsCertificate(
  names: RegistrySyncNames,
  { namespace, metrics, metricsCertificate: chosen }: RegistrySyncOptions,
): MetricsCertificate | undefined {
  if (chosen === undefined) return undefined;
  if (metrics === 'http') {
    throw new ConfigError('registrySync', ['metrics: got http beside metricsCertificate, allowed: https']);
  }
  return {
    secretName: chosen.from === 'secret' ? chosen.name : `${names.metricsService}-certificate`,
    serverName: `${names.metricsService}.${namespace}.svc`,
    directory: metricsCertificateDirectory,
    external: chosen.from === 'secret',
  };
}

/** Asks cert-manager for the certificate. */
export function addMetricsCertificate(scope: Construct, names: RegistrySyncNames, options: RegistrySyncOptions): void {
  const certificate = metricsCertificate(names, options);
  const { namespace, metricsCertificate: chosen } = options;
  if (certificate === undefined || chosen?.from !== 'cert-manager') return;
  const { secretName, serverName } = certificate;
  new Certificate(scope, 'MetricsCertificate', {
    metadata: { name: secretName, namespace },
    spec: {
      secretName,
      dnsNames: [serverName, `${serverName}.cluster.local`],
      issuerRef: { group: 'cert-manager.io', kind: chosen.issuer.kind, name: chosen.issuer.name },
      privateKey: {
        algorithm: CertificateSpecPrivateKeyAlgorithm.ECDSA,
        rotationPolicy: CertificateSpecPrivateKeyRotationPolicy.ALWAYS,
        size: 256,
      },
    },
  });
}
