import { waitFor } from './wait-for';

describe('waiting', () => {
  it('ends with the first answer that is neither undefined nor false', async () => {
    const answers = [undefined, false, 0];
    expect(await waitFor('an answer', () => answers.shift(), { interval: 1 })).toBe(0);
    expect(answers).toEqual([]);
  });

  it('takes an error for "not yet"', async () => {
    let calls = 0;
    const probe = () => {
      calls += 1;
      if (calls < 3) throw new Error('404');
      return 'there';
    };
    expect(await waitFor('it to be there', probe, { interval: 1 })).toBe('there');
  });

  it('gives up with the last answer', async () => {
    const waiting = waitFor('the Deployment iris to be available', () => false, { timeout: 20, interval: 1 });
    await expect(waiting).rejects.toThrow(
      'waiting for the Deployment iris to be available: not within 0.02 s; the last answer was false',
    );
  });

  it('gives up with the last error as its cause', async () => {
    const refused = new Error('connection refused');
    const waiting = waitFor('a server', () => Promise.reject(refused), { timeout: 20, interval: 1 });
    await expect(waiting).rejects.toMatchObject({
      message: 'waiting for a server: not within 0.02 s; last error: connection refused',
      cause: refused,
    });
  });
});
