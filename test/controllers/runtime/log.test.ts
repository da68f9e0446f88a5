import { createLogger, type LogOptions } from '../../../controllers/runtime/log';

function written(options: LogOptions = {}) {
  const lines: string[] = [];
  const log = createLogger({ ...options, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

it('writes a line of JSON with level, time and message', () => {
  const { log, last } = written();
  log.child({ controller: 'iris', namespace: 'ml' }).info({ name: 'a' }, 'copied');
  expect(last()).toEqual({
    level: 'info',
    ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    controller: 'iris',
    namespace: 'ml',
    name: 'a',
    msg: 'copied',
  });
});

it.each([
  ['epoch', 1e9, 1e10],
  ['millis', 1e12, 1e13],
  ['nano', 1e18, 1e19],
] as const)('writes the time as a number of %s', (timeEncoding, atLeast, below) => {
  const { log, last } = written({ timeEncoding });
  log.info('now');
  expect(last()['ts']).toBeGreaterThan(atLeast);
  expect(last()['ts']).toBeLessThan(below);
});

it('writes lines for people: time, level, message, rest', () => {
  const { log, lines } = written({ encoder: 'console' });
  log.warn({ name: 'a' }, 'not found');
  expect(lines[0]).toMatch(/^\S+\tWARN\tnot found\t\{"name":"a"\}\n$/);
});

it('leaves out what is less severe than its level', () => {
  const { log, lines } = written({ level: 'error' });
  log.warn('not this');
  expect(lines).toEqual([]);
});

it('writes stacks from the level on that was asked for', () => {
  const { log, last } = written({ stacktraceLevel: 'error' });
  log.warn({ err: new Error('mild') }, 'mild');
  expect(last()['err']).toEqual({ type: 'Error', message: 'mild' });
  log.error({ err: new Error('bad') }, 'bad');
  expect(last()['err']).toHaveProperty('stack', expect.stringContaining('log.test.ts'));
});

it.each([
  [{ token: 'secret-1' }],
  [{ request: { headers: { authorization: 'Bearer secret-1' } } }],
  [{ user: { password: 'secret-1' } }],
  [{ a: { b: { c: { password: 'say "secret-1" and \\ secret-1' } } } }],
  [{ url: 'https://bucket.example/model?X-Amz-Date=1&X-Amz-Signature=secret-1' }],
  [{ url: 'https://blob.example/model?sv=1&sig=secret-1&se=2' }],
  [{ url: 'https://me:secret-1@registry.example/x' }],
  [{ err: new Error('asking https://x.example: 401 for Bearer secret-1') }],
])('takes secrets out of %j', (fields) => {
  const { log, lines } = written();
  log.error(fields, 'failed with Authorization: Bearer secret-1');
  expect(lines.join()).not.toContain('secret-1');
  expect(lines.join()).toContain('[redacted]');
});
