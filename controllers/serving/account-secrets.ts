import type { PodSurroundings } from './pod-mutation/surroundings';

/** ServiceAccounts whose Secrets are remembered, some 100 bytes each. Those forgotten are read as if for the first time. */
const mostAccounts = 1000;

type Reads = Pick<PodSurroundings, 'serviceAccount' | 'secret'>;

/**
 * Knows which Secrets pods needed behind their ServiceAccount, so that both can be read at the same time, not one after the other: a
 * Deployment that scales asks the same for each of its pods.
 *
 * Guarantees: only names are kept; what a review gets was read for it. A Secret that is needed no more is read in vain once.
 */
export class AccountSecrets {
  private readonly needed = new Map<string, readonly string[]>();

  /** The reads of one review, made earlier where it is known what will be needed. */
  ahead({ serviceAccount, secret }: Reads): Reads {
    const underWay = new Map<string, ReturnType<Reads['secret']>>();
    let account: string | undefined;
    return {
      serviceAccount: (namespace, name) => {
        account = `${namespace}/${name}`;
        const found = serviceAccount(namespace, name);
        for (const each of this.needed.get(account) ?? []) {
          const reading = Promise.resolve(secret(namespace, each));
          // Its failure counts where the Secret is asked for; it may be nowhere.
          reading.catch(() => undefined);
          underWay.set(`${namespace}/${each}`, reading);
        }
        this.needed.delete(account);
        return found;
      },
      secret: (namespace, name) => {
        if (account?.startsWith(`${namespace}/`) === true) this.remember(account, name);
        const key = `${namespace}/${name}`;
        const reading = underWay.get(key);
        underWay.delete(key);
        return reading ?? secret(namespace, name);
      },
    };
  }

  private remember(account: string, secret: string): void {
    const names = this.needed.get(account) ?? [];
    this.needed.delete(account);
    this.needed.set(account, names.includes(secret) ? names : [...names, secret]);
    for (const oldest of this.needed.keys()) {
      if (this.needed.size <= mostAccounts) return;
      this.needed.delete(oldest);
    }
  }
}
