import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bitString, der, integer, objectIdentifier, sequence, time, utf8String } from './der';

/** A certificate and its key, PEM. */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A pair of ECDSA keys, P-256: what every TLS library of the last decade takes. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function newKeyPair(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

/** What a certificate says. */
export interface CertificateContent {
  /** Common name of whom it is for. */
  readonly subject: string;
  /** Common name of who signs. */
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** From the functions of this module. */
  readonly extensions: readonly Uint8Array[];
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const commonName = objectIdentifier('2.5.4.3');
const serverAuthentication = objectIdentifier('1.3.6.1.5.5.7.3.1');

/** Node's crypto can sign but not assemble a certificate. @returns PEM */
export function certificatePem(content: CertificateContent): string {
  const { subject, issuer, publicKey, signingKey, notBefore, notAfter, extensions } = content;
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, signingKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

export function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Hosts it is good for: DNS names, and addresses of IPv4. */
export function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host, 'ascii')),
  );
  return extension('2.5.29.17', sequence(...names));
}

/** It vouches for a server. */
export function forServers(): Buffer {
  return extension('2.5.29.37', sequence(serverAuthentication));
}

/** It vouches for certificates of servers, not for other authorities. */
export function forSigning(): readonly Buffer[] {
  return [
    criticalExtension('2.5.29.19', sequence(der(0x01, Buffer.from([0xff])), integer(Buffer.from([0])))),
    // keyCertSign is bit 5; two bits of the byte are unused.
    criticalExtension('2.5.29.15', der(0x03, Buffer.from([2, 0b0000_0100]))),
  ];
}

/** Which key it is for, and which signed it: where several authorities are trusted this finds the right one. */
export function keyIdentifiers(subject: KeyObject, issuer: KeyObject): readonly Buffer[] {
  return [
    extension('2.5.29.14', der(0x04, keyIdentifier(subject))),
    extension('2.5.29.35', sequence(der(0x80, keyIdentifier(issuer)))),
  ];
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

function extension(id: string, value: Uint8Array): Buffer {
  return sequence(objectIdentifier(id), der(0x04, value));
}

function criticalExtension(id: string, value: Uint8Array): Buffer {
  return sequence(objectIdentifier(id), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(commonName, utf8String(text))));
}
