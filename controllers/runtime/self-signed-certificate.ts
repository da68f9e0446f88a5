import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { bitString, der, integer, objectIdentifier, sequence, time, utf8String } from './der';

/** A server's certificate and its key, PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const commonName = objectIdentifier('2.5.4.3');
const subjectAlternativeName = objectIdentifier('2.5.29.17');
const extendedKeyUsage = objectIdentifier('2.5.29.37');
const serverAuthentication = objectIdentifier('1.3.6.1.5.5.7.3.1');

const yearMs = 365 * 24 * 3600 * 1000;
/** Clocks differ: the certificate is good a little before it was made. */
const leewayMs = 5 * 60 * 1000;

/**
 * Makes a certificate that vouches for itself: encryption without identity, for scrapers that don't verify, as
 * controller-runtime does when none is mounted. ECDSA P-256, good for a year; Node's crypto can sign but not assemble one.
 *
 * @param dnsName name of the server in it
 * @param nowMs wall clock, milliseconds since the epoch
 */
export function selfSignedCertificate(dnsName: string, nowMs: number): ServerCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = sequence(der(0x31, sequence(commonName, utf8String(dnsName))));
  const alternativeNames = sequence(der(0x82, Buffer.from(dnsName, 'ascii')));
  const extensions = sequence(
    sequence(subjectAlternativeName, der(0x04, alternativeNames)),
    sequence(extendedKeyUsage, der(0x04, sequence(serverAuthentication))),
  );
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    name,
    sequence(time(nowMs - leewayMs), time(nowMs + yearMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
