import { alternativeNames, certificatePem, forServers, keyPem, newKeyPair, type KeyedCertificate } from './x509';

/** A server's certificate and its key, PEM. */
export type ServerCertificate = KeyedCertificate;

const yearMs = 365 * 24 * 3600 * 1000;
/** Clocks differ: the certificate is good a little before it was made. */
const leewayMs = 5 * 60 * 1000;

/**
 * Makes a certificate that vouches for itself: encryption without identity, for scrapers that don't verify, as
 * controller-runtime does when none is mounted. ECDSA P-256, good for a year.
 *
 * @param dnsName name of the server in it
 * @param nowMs wall clock, milliseconds since the epoch
 */
export function selfSignedCertificate(dnsName: string, nowMs: number): ServerCertificate {
  const { publicKey, privateKey } = newKeyPair();
  const cert = certificatePem({
    subject: dnsName,
    issuer: dnsName,
    publicKey,
    signingKey: privateKey,
    notBefore: nowMs - leewayMs,
    notAfter: nowMs + yearMs,
    extensions: [alternativeNames([dnsName]), forServers()],
  });
  return { cert, key: keyPem(privateKey) };
}
