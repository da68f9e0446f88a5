import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCluster } from '../../cluster/test-cluster';
import { bundledProgram } from '../../program/bundled-program';
import { GeneratorJob, secretKeys, secretName } from './generator-job';

const cluster = testCluster();
let program: string;
let remove: () => Promise<void>;
let job: GeneratorJob;

beforeAll(async () => {
  ({ program, remove } = await bundledProgram());
});
afterAll(() => remove());
beforeEach(async () => {
  job = await GeneratorJob.install(cluster, program);
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = (content: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(content).map(([key, value]) => [key, base64(value)]));
const complete = { username: 'somebody', password: 'their own', 'admin-password': 'their own too' };

describe('a generated Secret', () => {
  it('has the user name that the Job is told, and passwords that no tool has to escape', async () => {
    const { code } = await job.run();
    expect(code).toBe('0');
    const { username, password, ...rest } = await job.content();
    expect(username).toBe('modelregistry');
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(rest).toEqual({ 'admin-password': expect.stringMatching(/^[A-Za-z0-9]{32}$/) as unknown });
    expect(rest['admin-password']).not.toBe(password);
  });

  it('keeps one password through two syncs, with a changed template in between', async () => {
    await job.run();
    const first = await job.stored();
    await job.sync();
    expect(await job.run()).toMatchObject({ code: '0', output: expect.stringContaining('left as it is') as unknown });
    await job.sync({ tag: '0.2.0' });
    expect((await job.run()).code).toBe('0');
    // Not even its managedFields: they would grow by an owner with each sync.
    expect(await job.stored()).toEqual(first);
  });

  it('has one set of passwords when two Jobs make it at once, which both leave alone', async () => {
    const ends = await Promise.all([job.run(), job.run(), job.run()]);
    expect(ends.map(({ code }) => code)).toEqual(['0', '0', '0']);
    const made = ends.filter(({ output }) => output.includes('generated the Secret'));
    expect(made).toHaveLength(1);
    const first = await job.stored();
    await job.run();
    expect(await job.stored()).toEqual(first);
  });

  it('shows its passwords nowhere: not in output, not in the command line', async () => {
    const ends = [await job.run(), await job.run()];
    const { password = '', 'admin-password': adminPassword = '' } = await job.content();
    for (const secret of [password, adminPassword, base64(password), base64(adminPassword)]) {
      for (const { output } of ends) expect(output).not.toContain(secret);
    }
    expect(await job.args()).toEqual([
      'generate-secret',
      `--namespace=${job.namespace}`,
      `--name=${secretName}`,
      '--value=username=modelregistry',
      '--password=password',
      '--password=admin-password',
    ]);
    expect(ends.map(({ output }) => output.trim().split('\n').length)).toEqual([1, 1]);
  });

  it('is made by the example in the help, too: values with = and blanks come through', async () => {
    const args = [
      'generate-secret',
      `--namespace=${job.namespace}`,
      `--name=${secretName}`,
      '--value=dsn=a=b c',
      '-password',
      'token',
    ];
    expect((await job.run({ args })).code).toBe('0');
    expect(await job.content()).toEqual({ dsn: 'a=b c', token: expect.stringMatching(/^\w{32}$/) as unknown });
  });
});

describe('a Secret that is there already stays as it is', () => {
  const secretWith = (parts: object) => ({ ...job.secret, type: 'Opaque', ...parts });

  it.each<[string, () => Promise<unknown>]>([
    ['made by kubectl create', () => cluster.create(secretWith({ data: encoded(complete) }))],
    ['made from text', () => cluster.create(secretWith({ stringData: complete }))],
    [
      'applied by kubectl',
      () => cluster.apply(secretWith({ data: encoded(complete) }), { fieldManager: 'kubectl', force: true }),
    ],
    [
      'installed by Helm',
      async () => {
        const path = `/api/v1/namespaces/${job.namespace}/secrets`;
        const body = secretWith({ data: encoded(complete) });
        await cluster.request('POST', path, { body, query: { fieldManager: 'helm' } });
      },
    ],
    ['immutable', () => cluster.create(secretWith({ immutable: true, data: encoded(complete) }))],
    ['of another type', () => cluster.create(secretWith({ type: 'example.com/own', data: encoded(complete) }))],
    ['with more keys', () => cluster.create(secretWith({ data: encoded({ ...complete, more: 'of it' }) }))],
    [
      'with the user name that we would give it',
      () => cluster.create(secretWith({ data: encoded({ ...complete, username: 'modelregistry' }) })),
    ],
    [
      'whose owners nobody knows any more',
      async () => {
        await cluster.create(secretWith({ data: encoded(complete) }));
        await cluster.patch(job.secret, { metadata: { managedFields: [{}] } });
      },
    ],
    [
      'that is empty text',
      () => cluster.create(secretWith({ data: { username: '', password: '', 'admin-password': '' } })),
    ],
  ])('%s', async (_, make) => {
    await make();
    const before = await cluster.get(job.secret);
    const { code, output } = await job.run();
    expect(output).toContain('the Secret has its keys: left as it is');
    expect(code).toBe('0');
    expect(await cluster.get(job.secret)).toEqual(before);
  });

  it('gets the keys that it lacks, and none of the others is touched', async () => {
    await cluster.create(secretWith({ data: encoded({ password: 'their own', more: 'of it' }) }));
    const { code, output } = await job.run();
    expect(code).toBe('0');
    expect(output).toContain('"left":["password"],"added":["username","admin-password"]');
    const { 'admin-password': added, ...rest } = await job.content();
    expect(rest).toEqual({ username: 'modelregistry', password: 'their own', more: 'of it' });
    expect(added).toMatch(/^[A-Za-z0-9]{32}$/);
    const first = await job.stored();
    await job.run();
    expect(await job.stored()).toEqual(first);
  });

  it('fails when a key that it lacks can not be added, and says which', async () => {
    await cluster.create(secretWith({ immutable: true, data: encoded({ username: 'a', password: 'b' }) }));
    const before = await cluster.get(job.secret);
    const { code, output } = await job.run();
    expect(code).toBe('1');
    expect(output).toContain(`Secret ${job.namespace}/${secretName} lacks key admin-password, which can't be added: `);
    expect(output).toContain('immutable');
    expect(await cluster.get(job.secret)).toEqual(before);
  });
});

describe('the rendered Role', () => {
  const role = () => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: `${secretName}-generator`, namespace: job.namespace },
  });

  it('is enough, and nothing but its one Secret is asked for', async () => {
    const mark = await cluster.audit.mark();
    await job.run();
    await job.run();
    const asked = await cluster.audit.since(mark, { user: job.user });
    expect(asked.filter(({ code }) => code === 403)).toEqual([]);
    expect(new Set(asked.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`))).toEqual(
      new Set([`patch secrets ${secretName}`]),
    );
    // With force a conflict would be an overwrite.
    expect(asked.every(({ requestURI }) => requestURI.includes('force=false'))).toBe(true);
  });

  it.each(['create', 'patch'])('is needed: without %s no Secret is made, and the pod says why', async (verb) => {
    const verbs = ['create', 'patch'].filter((one) => one !== verb);
    await cluster.patch(role(), {
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secretName], verbs }],
    });
    const { code, output } = await job.run();
    expect(code).toBe('1');
    expect(output).toMatch(new RegExp(`Secret ${job.namespace}/${secretName} lacks key username.*403 Forbidden`));
    expect(await job.stored()).toBeUndefined();
  });

  it('lets the Job read no Secret, and write no other one', async () => {
    await job.run();
    const account = await cluster.serviceAccount(job.namespace, `${secretName}-generator`);
    const own = cluster.as(account);
    await expect(own.get(job.secret)).rejects.toMatchObject({ status: 403 });
    await expect(own.list(job.secret, job.namespace)).rejects.toMatchObject({ status: 403 });
    const other = { ...job.secret, metadata: { name: 'other', namespace: job.namespace } };
    await expect(own.apply({ ...other, data: {} })).rejects.toMatchObject({ status: 403 });
  });
});

describe('an API server in trouble', () => {
  it('that can not be reached is tried again, until the time is over', async () => {
    const args = [...(await job.args()), '--timeout=3'];
    const { code, output } = await job.run({ args, server: 'https://127.0.0.1:9' });
    expect(code).toBe('1');
    expect(output).toMatch(/"level":"warn".*ECONNREFUSED.*trying again/);
    expect(output).toMatch(/"level":"error".*not done within 3 s.*no Secret was generated/);
    expect(await job.stored()).toBeUndefined();
  });

  it('that comes back gets the Secret after all', async () => {
    // Refuses to talk at first, then the line is put through: a server of the same address that starts late.
    let lines = 0;
    const target = new URL(cluster.url);
    const late = createTcpServer((socket) => {
      lines += 1;
      if (lines <= 2) return void socket.destroy();
      const onwards = createConnection(Number(target.port), target.hostname);
      socket.on('error', () => onwards.destroy()).pipe(onwards);
      onwards.on('error', () => socket.destroy()).pipe(socket);
    });
    await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve));
    const { port } = late.address() as AddressInfo;
    const { code, output } = await job.run({ server: `https://127.0.0.1:${port}` });
    await new Promise((resolve) => late.close(resolve));
    expect(output).toContain('trying again');
    expect(code).toBe('0');
    expect(Object.keys(await job.content()).sort()).toEqual([...secretKeys].sort());
  });

  it('that quotes what it refuses does not bring the password into the log', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url?.includes('dryRun') === true) return void response.end('{}');
        seen.push(...[...body.matchAll(/"[a-z-]*password":"([^"]+)"/g)].map(([, value = '']) => value));
        const message = `webhook denied ${body} ${seen.map((one) => Buffer.from(one, 'base64').toString()).join(' ')}`;
        response.writeHead(422, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ kind: 'Status', code: 422, reason: 'Invalid', message }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const kubeconfig = await plainKubeconfig(`http://127.0.0.1:${port}`);
    const { code, output } = await job.run({ args: [...(await job.args()), `--kubeconfig=${kubeconfig.file}`] });
    await kubeconfig.remove();
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe('1');
    expect(output).toContain('lacks keys username, password, admin-password');
    expect(output).toContain('webhook denied');
    expect(seen).toHaveLength(2);
    for (const value of seen) {
      expect(output).not.toContain(value);
      expect(output).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });
});

describe('the command line', () => {
  const secret = ['--namespace=a', '--name=b'];

  it.each([
    ['no key', secret, 'no key for the Secret: give --password=KEY or --value=KEY=TEXT'],
    ['no name', ['--namespace=a', '--password=p'], '--name: is missing, give the name of an object'],
    ['no namespace', ['--name=a', '--password=p'], '--namespace: is missing'],
    ['a name that is none', ['--namespace=a', '--name=../b', '--password=p'], '--name: "../b" is not allowed'],
    ['a value without text', [...secret, '--value=user'], '--value: "user" has no text, give KEY=TEXT'],
    ['a key that is none', [...secret, '--password=a/b'], '--password: "a/b" is no key, give letters, digits'],
    ['a flag without its value', [...secret, '--password'], '--password: needs a value'],
    ['a key given twice', [...secret, '--password=p', '--value=p=x'], 'key p is given twice, give each key once'],
    ['an unknown flag', [...secret, '--length=3'], 'unknown flag --length, allowed are --namespace, --name, --value'],
    ['a word too many', [...secret, 'more'], 'unexpected argument "more": give --flag=value'],
    ['a time that is none', [...secret, '--password=p', '--timeout=2h'], '--timeout: "2h" is not allowed'],
  ])('ends with 2 and one line for %s', async (_, args, message) => {
    const { code, output } = await job.run({ args: ['generate-secret', ...args] });
    expect(output).toContain(`slipway: ${message}`);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(code).toBe('2');
  });

  it('has a help of its own, and is named in the program’s', async () => {
    const own = await job.run({ args: ['generate-secret', '--help'] });
    expect(own).toMatchObject({ code: '0', output: expect.stringContaining('--password KEY') as unknown });
    const whole = await job.run({ args: ['--help'] });
    expect(whole.output).toContain('generate-secret      makes a Secret with random passwords, once');
  });

  it('is read by code that controllers do not load', async () => {
    expect(await readFile(program, 'utf8')).not.toContain('--value KEY=TEXT');
  });
});

/** A kubeconfig for a server without TLS. */
async function plainKubeconfig(server: string): Promise<{ file: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-generate-secret-'));
  const file = join(directory, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(file, JSON.stringify(config));
  return { file, remove: () => rm(directory, { recursive: true, force: true }) };
}
