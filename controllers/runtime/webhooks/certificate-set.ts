import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { causeText } from '../cause-text';
import type { ServerCertificate } from '../self-signed-certificate';
import {
  newCertificateAuthority,
  signedServerCertificate,
  type CertificateAuthority,
  type Validity,
} from './certificate-authority';

/** The certificates that all replicas share. */
export interface CertificateSet {
  /** Signed what is served. */
  readonly authority: CertificateAuthority;
  readonly serving: ServerCertificate;
  /** Is trusted already, and signs once everybody knows that. */
  readonly next?: CertificateAuthority;
  /** Certificate of the authority before: a replica may still serve what it signed. */
  readonly previous?: string;
}

/** What certificates are to be like. */
export interface CertificatePolicy {
  /** Names and addresses of the server. */
  readonly hosts: readonly string[];
  /** Milliseconds that an authority and what it signs is good for; at two thirds the next one begins. */
  readonly lifeMs: number;
  /** Milliseconds that a new authority is trusted before it signs: API servers learn of it through a watch of their own. */
  readonly settleMs: number;
}

/** Clocks differ: a certificate is good a little before it was made. */
const leewayMs = 5 * 60 * 1000;

/** The keys of the Secret. */
const keys = {
  authority: 'ca.crt',
  authorityKey: 'ca.key',
  serving: 'tls.crt',
  servingKey: 'tls.key',
  next: 'next-ca.crt',
  nextKey: 'next-ca.key',
  previous: 'previous-ca.crt',
} as const;

/** Certificates to begin with. @param nowMs wall clock, milliseconds since the epoch */
export function newCertificateSet({ hosts, lifeMs }: CertificatePolicy, nowMs: number): CertificateSet {
  const authority = newAuthority(lifeMs, nowMs);
  return { authority, serving: signed(authority, hosts, nowMs) };
}

/**
 * What the set must become now: one step of
 * (1) an authority at two thirds of its life gets a successor, which is trusted beside it;
 * (2) once that has been trusted long enough it signs, and the old one is trusted still;
 * or a certificate for other hosts, when those have changed.
 *
 * @param trusted whether all webhook configurations trust everything in the set
 * @returns undefined when the set is right
 */
export function nextCertificateSet(
  set: CertificateSet,
  { hosts, lifeMs, settleMs }: CertificatePolicy,
  nowMs: number,
  trusted: boolean,
): CertificateSet | undefined {
  const { authority, next } = set;
  if (!isFor(set.serving, hosts)) return { ...set, serving: signed(authority, hosts, nowMs) };
  const { from, until } = validityOf(authority.cert);
  if (next === undefined || validityOf(next.cert).until <= nowMs) {
    const due = from + ((until - from) * 2) / 3;
    return nowMs < due && next === undefined ? undefined : { ...set, next: newAuthority(lifeMs, nowMs) };
  }
  // What has run out protects nobody who would have to wait.
  const settled = nowMs >= validityOf(next.cert).from + leewayMs + settleMs || until <= nowMs;
  if (!trusted || !settled) return undefined;
  return { authority: next, serving: signed(next, hosts, nowMs), previous: authority.cert };
}

/** The set as it must be kept again when it got lost: what it held may be in other hands, so a new authority begins. */
export function restoredCertificateSet(
  set: CertificateSet,
  { lifeMs }: CertificatePolicy,
  nowMs: number,
): CertificateSet {
  return { ...set, next: set.next ?? newAuthority(lifeMs, nowMs) };
}

/**
 * Everything that has to be trusted, PEM, oldest first: that a new authority begins to sign changes nothing in it.
 *
 * @param nowMs what has run out by then is left out
 */
export function trustedCertificates({ authority, next, previous }: CertificateSet, nowMs: number): string {
  return [previous, authority.cert, next?.cert]
    .filter((cert) => cert !== undefined)
    .map((cert) => ({ cert, ...validityOf(cert) }))
    .filter(({ cert, until }) => until > nowMs || cert === authority.cert)
    .sort((one, other) => one.from - other.from)
    .map(({ cert }) => cert)
    .join('');
}

/** The set as data of a Secret. */
export function secretDataOf({ authority, serving, next, previous }: CertificateSet): Readonly<Record<string, string>> {
  const members = {
    [keys.authority]: authority.cert,
    [keys.authorityKey]: authority.key,
    [keys.serving]: serving.cert,
    [keys.servingKey]: serving.key,
    ...(next === undefined ? {} : { [keys.next]: next.cert, [keys.nextKey]: next.key }),
    ...(previous === undefined ? {} : { [keys.previous]: previous }),
  };
  return Object.fromEntries(Object.entries(members).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
}

/**
 * Reads the set from the data of a Secret.
 *
 * @throws Error saying what does not fit together; never quotes a key
 */
export function readCertificateSet(data: Readonly<Record<string, string>>): CertificateSet {
  const text = (key: string) => (data[key] === undefined ? undefined : Buffer.from(data[key], 'base64').toString());
  const pair = (certKey: string, keyKey: string) => {
    const [cert, key] = [text(certKey), text(keyKey)];
    if (cert === undefined || key === undefined) throw new Error(`${certKey} or ${keyKey} is missing`);
    try {
      if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
    } catch (error) {
      throw new Error(`${certKey} and ${keyKey} can not be read: ${causeText(error)}`, { cause: error });
    }
    throw new Error(`${certKey} and ${keyKey} do not fit together`);
  };
  const authority = pair(keys.authority, keys.authorityKey);
  const serving = pair(keys.serving, keys.servingKey);
  if (!new X509Certificate(serving.cert).verify(new X509Certificate(authority.cert).publicKey)) {
    throw new Error(`${keys.serving} is not signed by ${keys.authority}`);
  }
  const next = text(keys.next) === undefined ? undefined : pair(keys.next, keys.nextKey);
  const previous = text(keys.previous);
  if (previous !== undefined) validityOf(previous);
  return {
    authority,
    serving,
    ...(next === undefined ? {} : { next }),
    ...(previous === undefined ? {} : { previous }),
  };
}

function newAuthority(lifeMs: number, nowMs: number): CertificateAuthority {
  return newCertificateAuthority({ from: nowMs - leewayMs, until: nowMs + lifeMs });
}

function signed(authority: CertificateAuthority, hosts: readonly string[], nowMs: number): ServerCertificate {
  const { until } = validityOf(authority.cert);
  return signedServerCertificate(authority, hosts, { from: nowMs - leewayMs, until });
}

function validityOf(cert: string): Validity {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  return { from: validFromDate.getTime(), until: validToDate.getTime() };
}

function isFor({ cert }: ServerCertificate, hosts: readonly string[]): boolean {
  const certificate = new X509Certificate(cert);
  return hosts.every(
    (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined,
  );
}
