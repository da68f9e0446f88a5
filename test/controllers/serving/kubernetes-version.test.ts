import { ServerVersion } from '../../../controllers/serving/kubernetes-version';
import { logLines } from '../runtime/log-lines';
import { ManualClock } from '../runtime/manual-clock';

/** An API server whose answer can be changed; an error is thrown. */
function apiServer(answer: unknown) {
  const clock = new ManualClock();
  const server = { answer, asked: [] as string[] };
  const read = async (path: string): Promise<unknown> => {
    server.asked.push(path);
    await Promise.resolve();
    if (server.answer instanceof Error) throw server.answer;
    return server.answer;
  };
  return { server, clock, version: new ServerVersion({ read }, clock, logLines().log) };
}

const of = (minor: string) => ({ major: '1', minor, gitVersion: `v1.${minor}.0` });

describe('the version of the API server', () => {
  it('is asked for once, however many want to know', async () => {
    const { server, version } = apiServer(of('33'));
    const told = await Promise.all([version.current(), version.current(), version.current()]);
    expect(told).toEqual(Array(3).fill({ major: '1', minor: '33' }));
    expect(server.asked).toEqual(['/version']);
  });

  it('is asked for again when five minutes have passed', async () => {
    const { server, clock, version } = apiServer(of('33'));
    await version.current();
    server.answer = of('35');
    await clock.advance(299_000);
    expect(await version.current()).toEqual({ major: '1', minor: '33' });
    await clock.advance(1_000);
    expect(await version.current()).toEqual({ major: '1', minor: '35' });
  });

  it('is the last one known while the API server does not answer, or says something else', async () => {
    const { server, clock, version } = apiServer(of('33'));
    await version.current();
    for (const answer of [new Error('away'), { minor: 34 }, null]) {
      server.answer = answer;
      await clock.advance(300_000);
      expect(await version.current()).toEqual({ major: '1', minor: '33' });
    }
    expect(server.asked).toHaveLength(4);
  });

  it('is unknown until there has been an answer', async () => {
    const { version } = apiServer(new Error('away'));
    expect(await version.current()).toBeUndefined();
  });
});
