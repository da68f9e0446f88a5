import type { Construct } from 'constructs';
import * as z from 'zod';
import { ConfigError } from '../../definitions/config/parse-config';
import { metricsCertificateDirectory } from '../../definitions/names/controller';
import { addCertificate, issuerSchema } from '../kubernetes/certificate';
import { objectNameSchema } from '../kubernetes/secret-ref';

/**
 * How metrics are served. `https`: on 8443, to those who may get the non-resource URL `/metrics`. `http`: on 8080, to anybody who
 * reaches the pod.
 */
export const metricsSchema = z.enum(['https', 'http']);

/**
 * Certificate of the metrics port: asked of an issuer of cert-manager, or in a Secret of somebody else with the keys `tls.crt`,
 * `tls.key`, `ca.crt`. Absent: made by the pod when it starts, which Prometheus can't check.
 */
export const metricsCertificateSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('cert-manager'), issuer: issuerSchema }),
  z.strictObject({ from: z.literal('secret'), name: objectNameSchema }),
]);

/** What decides about the certificate of a metrics port. */
export interface MetricsPort {
  /** Name of the metrics Service. */
  readonly service: string;
  readonly namespace: string;
  readonly metrics: z.output<typeof metricsSchema>;
  readonly metricsCertificate?: z.output<typeof metricsCertificateSchema>;
  /** Name of the environment's option, for messages. */
  readonly option: string;
}

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
export function metricsCertificate(port: MetricsPort): MetricsCertificate | undefined {
  const { service, namespace, metrics, metricsCertificate: chosen, option } = port;
  if (chosen === undefined) return undefined;
  if (metrics === 'http') {
    throw new ConfigError(option, ['metrics: got http beside metricsCertificate, allowed: https']);
  }
  return {
    secretName: chosen.from === 'secret' ? chosen.name : `${service}-certificate`,
    serverName: `${service}.${namespace}.svc`,
    directory: metricsCertificateDirectory,
    external: chosen.from === 'secret',
  };
}

/** Asks cert-manager for the certificate. */
export function addMetricsCertificate(scope: Construct, port: MetricsPort): void {
  const certificate = metricsCertificate(port);
  const { namespace, metricsCertificate: chosen } = port;
  if (certificate === undefined || chosen?.from !== 'cert-manager') return;
  const { secretName, serverName } = certificate;
  addCertificate(scope, 'MetricsCertificate', {
    name: secretName,
    namespace,
    secretName,
    dnsNames: [serverName, `${serverName}.cluster.local`],
    issuer: chosen.issuer,
  });
}
