import type { Construct } from 'constructs';
import * as z from 'zod';
import {
  Certificate,
  CertificateSpecPrivateKeyAlgorithm,
  CertificateSpecPrivateKeyRotationPolicy,
} from '../../imports/cert-manager.io';
import { objectNameSchema } from './secret-ref';

/** Who signs, as cert-manager knows them. */
export const issuerSchema = z.strictObject({
  name: objectNameSchema,
  kind: z.enum(['Issuer', 'ClusterIssuer']).default('ClusterIssuer'),
});

export interface CertificateProps {
  readonly name: string;
  readonly namespace: string;
  /** Where cert-manager puts it. */
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  readonly issuer: z.output<typeof issuerSchema>;
}

/** Asks cert-manager for a certificate of a server, with a new key at each renewal. */
export function addCertificate(
  scope: Construct,
  id: string,
  { name, namespace, secretName, dnsNames, issuer }: CertificateProps,
): void {
  new Certificate(scope, id, {
    metadata: { name, namespace },
    spec: {
      secretName,
      dnsNames: [...dnsNames],
      issuerRef: { group: 'cert-manager.io', kind: issuer.kind, name: issuer.name },
      privateKey: {
        algorithm: CertificateSpecPrivateKeyAlgorithm.ECDSA,
        rotationPolicy: CertificateSpecPrivateKeyRotationPolicy.ALWAYS,
        size: 256,
      },
    },
  });
}
