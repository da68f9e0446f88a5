import { AccountSecrets } from '../../../controllers/serving/account-secrets';

describe('the Secrets behind ServiceAccounts', () => {
  let asked: string[];
  let secrets: Map<string, { readonly metadata: { readonly name: string } }>;
  let accountAnswers: (() => void)[];

  beforeEach(() => {
    asked = [];
    accountAnswers = [];
    secrets = new Map(['one', 'other'].map((name) => [name, { metadata: { name } }]));
  });

  const reads = {
    serviceAccount: async (namespace: string, name: string) => {
      asked.push(`account ${namespace}/${name}`);
      await new Promise<void>((resolve) => accountAnswers.push(resolve));
      return { metadata: { name } };
    },
    secret: async (namespace: string, name: string) => {
      asked.push(`secret ${namespace}/${name}`);
      if (name === 'forbidden') throw new Error('forbidden');
      return secrets.get(name);
    },
  };

  /** What a review of a pod reads: its account, then Secrets. @returns what was asked for before the account was there */
  async function review(memory: AccountSecrets, names: readonly string[], namespace = 'models') {
    asked = [];
    const { serviceAccount, secret } = memory.ahead(reads);
    const account = serviceAccount(namespace, 'default');
    const early = [...asked];
    accountAnswers.shift()?.();
    await account;
    const found = [];
    for (const name of names) found.push(await secret(namespace, name));
    return { early, found, asked: [...asked] };
  }

  it('are read after the account the first time, and with it from then on', async () => {
    const memory = new AccountSecrets();
    expect((await review(memory, ['one', 'other'])).early).toEqual(['account models/default']);
    const second = await review(memory, ['one', 'other']);
    expect(second.early).toEqual(['account models/default', 'secret models/one', 'secret models/other']);
    expect(second.asked).toHaveLength(3);
    expect(second.found).toEqual([secrets.get('one'), secrets.get('other')]);
  });

  it('are what they are at the time of each review', async () => {
    const memory = new AccountSecrets();
    await review(memory, ['one']);
    secrets.set('one', { metadata: { name: 'changed' } });
    expect((await review(memory, ['one'])).found).toEqual([{ metadata: { name: 'changed' } }]);
    secrets.delete('one');
    expect((await review(memory, ['one'])).found).toEqual([undefined]);
  });

  it('are forgotten when a review did not need them', async () => {
    const memory = new AccountSecrets();
    await review(memory, ['one']);
    await review(memory, ['other']);
    expect((await review(memory, [])).early).toEqual(['account models/default', 'secret models/other']);
    expect((await review(memory, [])).early).toEqual(['account models/default']);
  });

  it('of one namespace are not those of another', async () => {
    const memory = new AccountSecrets();
    await review(memory, ['one']);
    expect((await review(memory, ['other'], 'elsewhere')).early).toEqual(['account elsewhere/default']);
  });

  it('fail where they are asked for, and nowhere else', async () => {
    const memory = new AccountSecrets();
    await expect(review(memory, ['forbidden'])).rejects.toThrow('forbidden');
    expect((await review(memory, [])).early).toContain('secret models/forbidden');
    await review(memory, ['forbidden']).catch(() => undefined);
    await expect(review(memory, ['forbidden'])).rejects.toThrow('forbidden');
  });

  it('are remembered for the accounts that were asked about last', async () => {
    const memory = new AccountSecrets();
    for (let index = 0; index <= 1000; index += 1) await review(memory, ['one'], `models-${index}`);
    expect((await review(memory, ['one'], 'models-0')).early).toHaveLength(1);
    expect((await review(memory, ['one'], 'models-1000')).early).toHaveLength(2);
  });
});
