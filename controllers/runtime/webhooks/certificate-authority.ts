import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { ServerCertificate } from '../self-signed-certificate';
import {
  alternativeNames,
  certificatePem,
  forServers,
  forSigning,
  keyIdentifiers,
  keyPem,
  newKeyPair,
  type KeyedCertificate,
} from '../x509';

/** From when to when certificates are good. */
export interface Validity {
  /** Wall clock, milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** Who signs certificates of servers: a certificate to be trusted and the key. */
export type CertificateAuthority = KeyedCertificate;

const authorityName = 'slipway webhooks';

/** Makes an authority: ECDSA P-256, with a name that no other one has, limited to certificates of servers. */
export function newCertificateAuthority({ from, until }: Validity): CertificateAuthority {
  const { publicKey, privateKey } = newKeyPair();
  const subject = `${authorityName} ${new Date(from).toISOString()}`;
  const cert = certificatePem({
    subject,
    issuer: subject,
    publicKey,
    signingKey: privateKey,
    notBefore: from,
    notAfter: until,
    extensions: [...forSigning(), ...keyIdentifiers(publicKey, publicKey)],
  });
  return { cert, key: keyPem(privateKey) };
}

/**
 * Makes a certificate that the authority vouches for.
 *
 * @param hosts DNS names and addresses of the server, one at least
 */
export function signedServerCertificate(
  authority: CertificateAuthority,
  hosts: readonly string[],
  { from, until }: Validity,
): ServerCertificate {
  const { publicKey, privateKey } = newKeyPair();
  const issuer = new X509Certificate(authority.cert).subject.replace(/^CN=/, '');
  const cert = certificatePem({
    subject: issuer.replace(authorityName, 'slipway webhook server'),
    issuer,
    publicKey,
    signingKey: createPrivateKey(authority.key),
    notBefore: from,
    notAfter: until,
    extensions: [alternativeNames(hosts), forServers(), ...keyIdentifiers(publicKey, createPublicKey(authority.cert))],
  });
  return { cert, key: keyPem(privateKey) };
}
