import type { Construct } from 'constructs';
import type { ServingConfig } from '../../definitions/config/serving';
import {
  servingCertificateSecret,
  servingOwnCertificatesSecret,
  servingWebhookService,
  webhookCertificateDirectory,
} from '../../definitions/names/serving-webhooks';
import { Issuer } from '../../imports/cert-manager.io';
import { addCertificate } from '../kubernetes/certificate';
import { servingNames as names } from './names';
import type { ServingOptions } from './options';

/** Where the process has the certificate of its webhooks from. */
export function certificateSettings({ webhooks }: ServingOptions): ServingConfig['webhooks']['certificate'] {
  if (webhooks.certificate.from === 'cert-manager') return { from: 'files', directory: webhookCertificateDirectory };
  const { url } = webhooks;
  return {
    from: 'self-managed',
    secret: servingOwnCertificatesSecret,
    service: servingWebhookService,
    // The API server checks the name that it was given.
    hosts: url === undefined ? [] : [new URL(url).hostname],
    validHours: 8_760,
  };
}

/** Has cert-manager's injector write the authority; the controllers need no annotation for that. */
export function injectionAnnotation({ namespace, webhooks }: ServingOptions): Record<string, string> {
  if (webhooks.certificate.from !== 'cert-manager') return {};
  return { 'cert-manager.io/inject-ca-from': `${namespace}/${names.certificate}` };
}

/** Asks cert-manager for the certificate, of the issuer given or of one that signs for itself. */
export function addWebhookCertificate(scope: Construct, { namespace, webhooks }: ServingOptions): void {
  const { certificate } = webhooks;
  if (certificate.from !== 'cert-manager') return;
  if (certificate.issuer === undefined) {
    new Issuer(scope, 'Issuer', { metadata: { name: names.issuer, namespace }, spec: { selfSigned: {} } });
  }
  const host = `${servingWebhookService}.${namespace}.svc`;
  addCertificate(scope, 'WebhookCertificate', {
    name: names.certificate,
    namespace,
    secretName: servingCertificateSecret,
    dnsNames: [host, `${host}.cluster.local`],
    issuer: certificate.issuer ?? { kind: 'Issuer', name: names.issuer },
  });
}
