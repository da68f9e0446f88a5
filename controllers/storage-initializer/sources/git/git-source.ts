import { closeSync, renameSync } from 'node:fs';
import { archiveLimits, UnpackedAmount } from '../../archive/archive-limits';
import { diskError, isDiskError } from '../../destination/disk-error';
import type { StagedTree } from '../../destination/staged-tree';
import type { FetchedAmount, OpenSource, SourceContext, TreeSource } from '../../source';
import type { Progress } from '../../transfer/progress';
import type { Advertisement } from './advertisement';
import { Checkout, type LeftOut } from './checkout';
import { writeGitDirectory } from './git-directory';
import { ObjectStore } from './object-store';
import { PackFile } from './pack-file';
import { writePackIndex } from './pack-index';
import { ReceivedPack } from './received-pack';
import { repositoryAddress, type RepositoryAddress } from './repository-address';
import { UploadPack } from './upload-pack';
import { WorkTreeIndex } from './work-tree-index';

const packDirectory = '.git/objects/pack';
const incoming = `${packDirectory}/tmp_pack_incoming`;

/** Opens a git repository: the newest commit of its default branch, with `.git`, as `git clone --depth 1` has it. */
export const openGit: OpenSource = (uri, context): TreeSource => {
  const address = repositoryAddress(uri, context.environment, context.log);
  const limits = archiveLimits(context.environment);
  return {
    protocol: 'Git',
    name: address.url,
    async fetchInto(tree, signal, progress) {
      try {
        return await clone(address, new UnpackedAmount(limits, address.url), { ...context, progress }, tree, signal);
      } catch (error) {
        throw isDiskError(error) ? diskError(`writing the repository ${address.url}`, error) : error;
      }
    },
  };
};

async function clone(
  address: RepositoryAddress,
  amount: UnpackedAmount,
  context: SourceContext & { readonly progress: Progress },
  tree: StagedTree,
  signal: AbortSignal,
): Promise<FetchedAmount> {
  const server = new UploadPack(address, context);
  const head = await server.advertisement(signal);
  context.log.info(`${address.url}: commit ${head.commit} of ${head.branch ?? 'HEAD'}`);
  const descriptor = tree.createFile(incoming);
  try {
    const pack = new ReceivedPack(descriptor, context.progress);
    const shallow = await server.pack(head, pack, signal).finally(() => pack.settle());
    writeGitDirectory(tree, address.url, head, shallow);
    const leftOut = await checkOut(new PackFile(descriptor, pack.size), pack.checksum, head, amount, tree, signal);
    warnOfLeftOut(address.url, leftOut, context);
    return amount.total;
  } finally {
    closeSync(descriptor);
  }
}

async function checkOut(
  pack: PackFile,
  checksum: Buffer,
  { commit }: Advertisement,
  amount: UnpackedAmount,
  tree: StagedTree,
  signal: AbortSignal,
): Promise<LeftOut> {
  const name = `${packDirectory}/pack-${checksum.toString('hex')}`;
  const store = await ObjectStore.index(pack, tree.pathOf(packDirectory), signal);
  try {
    writePackIndex(tree, `${name}.idx`, store.entries, checksum);
    renameSync(tree.pathOf(incoming), tree.pathOf(`${name}.pack`));
    const index = new WorkTreeIndex(tree);
    try {
      const checkout = new Checkout(store, tree, index, amount, signal);
      await checkout.commit(commit);
      index.end();
      return checkout.leftOut;
    } finally {
      index.close();
    }
  } finally {
    store.close();
  }
}

/** Most names in one line. */
const namedAtMost = 5;

/** A model of pointers loads nowhere, and the error there does not say why. */
function warnOfLeftOut(url: string, { pointers, submodules }: LeftOut, { log }: Pick<SourceContext, 'log'>): void {
  if (pointers.length > 0) {
    const named = pointers.map(({ path, size }) => `${path} (${size} bytes)`);
    log.warn(
      `${url}: Git LFS is not fetched, ${count(pointers.length, 'file')} only a pointer: ${listed(named)}; serve the model from hf:// or an object store`,
    );
  }
  if (submodules.length > 0) {
    log.warn(
      `${url}: submodules are not fetched, ${count(submodules.length, 'directory')} empty: ${listed(submodules)}`,
    );
  }
}

function count(number: number, what: 'file' | 'directory'): string {
  const plural = what === 'file' ? 'files are' : 'directories are';
  return number === 1 ? `1 ${what} is` : `${number} ${plural}`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - namedAtMost;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, namedAtMost).join(', ')} and ${rest} more`;
}
