import { guardedLookup, isRefused } from '../../../../controllers/storage-initializer/http/refused-addresses';

describe('addresses that are refused', () => {
  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '[fe80::1]',
    '[febf::1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::a9fe:a9fe]',
    '[fd00:ec2::254]',
    '[FD00:EC2:0:0::23]',
    '[fd20:ce::254]',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ])('%s, where metadata servers are (SD-08)', (host) => {
    expect(isRefused(host, 'link-local')).toBe(true);
    expect(isRefused(host, 'local')).toBe(true);
  });

  it.each(['127.0.0.1', '127.9.9.9', '0.0.0.0', '[::1]', '[::]', '[::ffff:127.0.0.1]'])(
    '%s, only when the pod itself is refused too (SD-08)',
    (host) => {
      expect(isRefused(host, 'link-local')).toBe(false);
      expect(isRefused(host, 'local')).toBe(true);
    },
  );

  it.each([
    '10.0.0.1',
    '192.168.1.1',
    '169.253.0.1',
    '[2001:db8::1]',
    '[fec0::1]',
    'models.example',
    '169.254.example',
  ])('are not %s', (host) => {
    expect(isRefused(host, 'local')).toBe(false);
  });

  it('are the same however a URL writes them (SD-08)', () => {
    for (const host of ['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518']) {
      expect(isRefused(new URL(`http://${host}/`).hostname, 'link-local')).toBe(true);
    }
  });
});

describe('a lookup that refuses', () => {
  const lookedUp = (hostname: string, all: boolean) =>
    new Promise<unknown>((resolve) =>
      guardedLookup('local')(hostname, { all }, (error, address) => resolve(error ?? address)),
    );

  it.each([true, false])('finds nothing for a name of a refused address, asked for all: %s (SD-08)', async (all) => {
    expect(String(await lookedUp('localhost', all))).toMatch(
      /^StorageError: connection to localhost refused: (127\.0\.0\.1|::1) is an address of the pod itself$/,
    );
  });

  it('finds what is not refused, one or all', async () => {
    expect(await lookedUp('10.0.0.1', true)).toEqual([{ address: '10.0.0.1', family: 4 }]);
    expect(await lookedUp('10.0.0.1', false)).toBe('10.0.0.1');
  });

  it('tells what Node tells of a name that nobody knows', async () => {
    expect(await lookedUp('does-not-exist.invalid', true)).toMatchObject({ hostname: 'does-not-exist.invalid' });
  });
});
