import { parseWebhookFlags, webhookFlagsHelp } from '../../../../controllers/serving/webhooks/webhook-flags';

it('takes the flags of webhooks and leaves the others in their order (§14.1)', () => {
  const suites = 'TLS_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA';
  const args = ['--leader-elect', '-webhook-port=1', '--webhook-port', '10250', '--kubeconfig', 'k'];
  expect(parseWebhookFlags([...args, '--tls-min-version=VersionTLS13', '--tls-cipher-suites', suites])).toEqual({
    flags: {
      port: 10250,
      tlsMinVersion: 'VersionTLS13',
      tlsCipherSuites: ['TLS_AES_128_GCM_SHA256', 'TLS_RSA_WITH_AES_128_CBC_SHA'],
    },
    rest: ['--leader-elect', '--kubeconfig', 'k'],
  });
});

it('leaves everything to the configuration where nothing is said', () => {
  expect(parseWebhookFlags(['--tls-cipher-suites=', '--tls-min-version='])).toEqual({ flags: {}, rest: [] });
});

it.each([
  ['--webhook-port=0', '--webhook-port: "0" is no port, give a number from 1 to 65535'],
  ['--webhook-port=x', '--webhook-port: "x" is no port, give a number from 1 to 65535'],
  ['--tls-min-version=1.2', '--tls-min-version: "1.2" is not allowed, give VersionTLS12 or VersionTLS13'],
  ['--webhook-port', '--webhook-port: needs a value'],
])('refuses %s', (argument, message) => {
  expect(() => parseWebhookFlags([argument])).toThrow(message);
});

it('explains each flag', () => {
  for (const flag of ['--webhook-port', '--tls-min-version', '--tls-cipher-suites'])
    expect(webhookFlagsHelp).toContain(flag);
});
