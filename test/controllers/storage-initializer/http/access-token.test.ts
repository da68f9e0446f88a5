import { realClock, type Clock } from '../../../../controllers/runtime/clock';
import { AccessTokens } from '../../../../controllers/storage-initializer/http/access-token';
import { StorageError } from '../../../../controllers/storage-initializer/storage-error';

let now: number;
let given: number;
let works: boolean;
const signal = new AbortController().signal;
const clock: Clock = { ...realClock, monotonic: () => now };

function tokensOf(lifetimeSeconds: number): AccessTokens {
  return new AccessTokens(async () => {
    if (!works) throw new StorageError('connection', 'nobody answers');
    given += 1;
    return { value: `token-${given}`, lifetimeSeconds };
  }, clock);
}

beforeEach(() => {
  now = 1000;
  given = 0;
  works = true;
});

test('files that wait for a token share one request', async () => {
  const tokens = tokensOf(3600);
  expect(await Promise.all([tokens.token(signal), tokens.token(signal)])).toEqual(['token-1', 'token-1']);
  expect(given).toBe(1);
});

test('a token is renewed five minutes before its end', async () => {
  const tokens = tokensOf(3600);
  await tokens.token(signal);
  now += 54 * 60_000;
  expect(await tokens.token(signal)).toBe('token-1');
  now += 2 * 60_000;
  expect(await tokens.token(signal)).toBe('token-2');
});

test('a token that can not be renewed early is used to its end', async () => {
  const tokens = tokensOf(3600);
  await tokens.token(signal);
  works = false;
  now += 59 * 60_000;
  expect(await tokens.token(signal)).toBe('token-1');
  now += 2 * 60_000;
  await expect(tokens.token(signal)).rejects.toThrow('nobody answers');
});

test('a refused token is replaced once; the refusals of requests under way are forgiven', async () => {
  const tokens = tokensOf(3600);
  await tokens.token(signal);
  expect(tokens.refused()).toBe(true);
  expect(await tokens.token(signal)).toBe('token-2');
  now += 1000;
  expect(tokens.refused()).toBe(true);
  expect(await tokens.token(signal)).toBe('token-2');
  now += 5000;
  expect(tokens.refused()).toBe(false);
});

test('a token that was renewed in time can be refused for the first time again', async () => {
  const tokens = tokensOf(3600);
  await tokens.token(signal);
  tokens.refused();
  await tokens.token(signal);
  now += 56 * 60_000;
  expect(await tokens.token(signal)).toBe('token-3');
  expect(tokens.refused()).toBe(true);
  expect(await tokens.token(signal)).toBe('token-4');
});
