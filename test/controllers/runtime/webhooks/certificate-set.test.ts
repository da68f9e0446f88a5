import { X509Certificate } from 'node:crypto';
import {
  newCertificateSet,
  nextCertificateSet,
  readCertificateSet,
  secretDataOf,
  trustedCertificates,
  type CertificateSet,
} from '../../../../controllers/runtime/webhooks/certificate-set';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);
const policy = {
  hosts: ['hook.kserve.svc', 'hook.kserve.svc.cluster.local', '10.1.2.3'],
  lifeMs: 300 * hour,
  settleMs: hour,
};
const set = newCertificateSet(policy, start);

const next = (from: CertificateSet, hours: number, trusted = true, other = policy) =>
  nextCertificateSet(from, other, start + hours * hour, trusted);

it('begins with an authority that may sign, and a certificate for all hosts', () => {
  const authority = new X509Certificate(set.authority.cert);
  const serving = new X509Certificate(set.serving.cert);
  expect(authority.ca).toBe(true);
  expect(serving.ca).toBe(false);
  expect(serving.checkIssued(authority) && serving.verify(authority.publicKey)).toBe(true);
  expect(serving.checkHost('hook.kserve.svc')).toBe('hook.kserve.svc');
  expect(serving.checkHost('hook.kserve.svc.cluster.local')).toBe('hook.kserve.svc.cluster.local');
  expect(serving.checkIP('10.1.2.3')).toBe('10.1.2.3');
  expect(serving.checkHost('hook.other.svc')).toBeUndefined();
  expect(serving.validFromDate).toEqual(new Date(start - 300_000));
  expect(serving.validToDate).toEqual(new Date(start + 300 * hour));
});

it('stays as it is for two thirds of its life', () => {
  expect(next(set, 0)).toBeUndefined();
  expect(next(set, 199)).toBeUndefined();
  expect(next(set, 200)).toBeDefined();
});

it('trusts a new authority first and lets it sign only when that is known everywhere, for long enough', () => {
  const both = next(set, 200) as CertificateSet;
  expect(both).toMatchObject({ authority: set.authority, serving: set.serving });
  expect(next(both, 200.9)).toBeUndefined();
  expect(next(both, 220, false)).toBeUndefined();
  const signing = next(both, 201) as CertificateSet;
  expect(signing.authority).toEqual(both.next);
  expect(signing.previous).toBe(set.authority.cert);
  expect(signing.next).toBeUndefined();
  const authority = new X509Certificate(signing.authority.cert);
  expect(new X509Certificate(signing.serving.cert).checkIssued(authority)).toBe(true);
  // That it signs changes nothing for those who trust.
  const now = start + 201 * hour;
  expect(trustedCertificates(signing, now)).toBe(trustedCertificates(both, now));
  expect(trustedCertificates(signing, start + 301 * hour)).toBe(signing.authority.cert);
  expect(next(signing, 399)).toBeUndefined();
  expect(next(signing, 401)).toMatchObject({ previous: set.authority.cert, authority: signing.authority });
});

it('waits for nobody once the old certificate has run out, but to be trusted', () => {
  const both = next(set, 299.9) as CertificateSet;
  expect(next(both, 300, false)).toBeUndefined();
  expect(next(both, 300)?.authority).toEqual(both.next);
});

it('makes another new authority when the one before ran out unused', () => {
  const both = next(set, 200) as CertificateSet;
  expect(next(both, 501)?.next).not.toEqual(both.next);
});

it('makes a certificate for new hosts at once, under the same authority', () => {
  const moved = next(set, 1, true, { ...policy, hosts: ['hook.other.svc'] });
  expect(moved?.authority).toBe(set.authority);
  expect(new X509Certificate(moved?.serving.cert ?? '').checkHost('hook.other.svc')).toBe('hook.other.svc');
});

describe('as data of a Secret', () => {
  const both = next(set, 200) as CertificateSet;
  const signing = next(both, 201) as CertificateSet;
  const data = secretDataOf(set);

  it.each([
    ['new', set],
    ['with two authorities', both],
    ['after the change', signing],
  ])('comes back as it was: %s', (_, one) => {
    expect(readCertificateSet(secretDataOf(one))).toEqual(one);
  });

  const broken: readonly [string, Readonly<Record<string, string>>, string][] = [
    [
      'with a key missing',
      Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'ca.key')),
      'ca.crt or ca.key is missing',
    ],
    [
      'with the key of another',
      { ...data, 'tls.key': data['ca.key'] ?? '' },
      'tls.crt and tls.key do not fit together',
    ],
    ['that is no PEM', { ...data, 'ca.crt': 'AAAA' }, 'ca.crt and ca.key can not be read'],
    [
      'of another authority',
      { ...data, ...pairOf(newCertificateSet(policy, start)) },
      'tls.crt is not signed by ca.crt',
    ],
  ];
  it.each(broken)('is refused %s, and no key is told', (_, bad, message) => {
    expect(() => readCertificateSet(bad)).toThrow(message);
    expect(() => readCertificateSet(bad)).not.toThrow('PRIVATE KEY');
  });
});

/** The authority of a set, as data. */
function pairOf(other: CertificateSet): Readonly<Record<string, string>> {
  const { 'ca.crt': cert = '', 'ca.key': key = '' } = secretDataOf(other);
  return { 'ca.crt': cert, 'ca.key': key };
}
