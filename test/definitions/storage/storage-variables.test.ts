import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { storageVariable, storageVariables } from '../../../definitions/storage/storage-variables';

const sources = 'controllers/storage-initializer';

/** Names in quotes that are read from an environment: all sources use these forms. */
const reads =
  /(?:environment|env)\[\s*'([^']+)'\s*\]|(?:text|number|switch)Variable\(\s*[\w.]+,\s*'([^']+)'|'([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)'/g;

const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** Rows of the guide's tables of variables, by name. */
const guide = new Map(
  readFileSync('docs/guides/storage-initializer.md', 'utf8')
    .split('## Variables')
    .slice(1)
    .flatMap((text) => [...text.matchAll(/^\| `(\w+)` +\| ([^|]*)\| ([^|]*)\|$/gm)])
    .map(([, name = '', about = '', value = '']) => [name, { about: about.trim(), default: value.trim() }] as const),
);

describe('the variables of the storage initializer', () => {
  it.each(files)('are all that %s reads', (file) => {
    const text = readFileSync(join(sources, file), 'utf8');
    const names = [...text.matchAll(reads)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
    const variables = names.filter((name) => !codes.test(name));
    expect(variables.filter((name) => storageVariable(name) === undefined)).toEqual([]);
  });

  it('have each name once', () => {
    const names = storageVariables.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('of headers are named after a host, of proxies in both cases of letters', () => {
    expect(storageVariable('models.example.com-headers')).toMatchObject({ of: 'HTTP', secret: true });
    expect(storageVariable('https_proxy')).toMatchObject({ name: 'HTTPS_PROXY' });
    expect(storageVariable('aws_region')).toBeUndefined();
    expect(storageVariable('MR_BASE_URL')).toBeUndefined();
  });

  it.each(storageVariables)('$name is in the table of the guide, with its meaning and its default', (variable) => {
    expect(guide.get(variable.name)).toEqual({
      about: `${variable.about}${variable.secret === true ? ' (secret)' : ''}`,
      default: variable.default ?? '',
    });
  });
});

/** Words of the same form that are no variables: codes of errors, states and members of the registry and of storage. */
const codes =
  /^(CLIENT_ID|CLIENT_SECRET|TENANT_ID|EXPRESS_ONEZONE|LISTSTATUS|UND_ERR|ERR|CERT|UNABLE|DEPTH|SELF_SIGNED|HOSTNAME|EAI|MARKED_FOR|KERBEROS|TLS|HDFS_NAMENODE|HDFS_ROOTPATH|USER_PROXY|N_THREADS)_?/;
