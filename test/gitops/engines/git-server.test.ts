import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitServer } from './git-server';

describe('the git server', () => {
  let server: GitServer;
  beforeAll(async () => {
    server = await GitServer.start();
  });
  afterAll(() => server.stop());

  it('serves each commit to a client that clones it', async () => {
    const write = (text: string) => (worktree: string) => writeFile(join(worktree, 'file'), text);
    const first = await server.commit('first', write('one'));
    const second = await server.commit('second', write('two'));
    const contents = [first, second].map(({ checkout }) => readFile(join(checkout, 'file'), 'utf8'));
    expect(await Promise.all(contents)).toEqual(['one', 'two']);
    expect(first.sha).not.toBe(second.sha);
  });

  it('takes no push', async () => {
    const answer = await fetch(`${server.url}/info/refs?service=git-receive-pack`);
    expect(answer.status).toBe(404);
  });
});
