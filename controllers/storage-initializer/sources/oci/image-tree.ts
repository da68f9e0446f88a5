import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { diskError } from '../../destination/disk-error';
import { safePath } from '../../destination/safe-path';
import { StagedTree } from '../../destination/staged-tree';
import { layerEntry, linkTarget } from './models-directory';

/**
 * The model of an image while its layers come, the lowest first: each is unpacked into a directory of its own and laid over what the ones
 * below have left. What a layer has twice is an error as in every archive; what a layer has again is the newer one.
 *
 * Links are kept apart until every layer is there: a link of one layer and another of the next can leave the tree together, though none
 * of them does alone.
 */
export class ImageTree {
  /** Some layer has the directory of models, be it empty. */
  seen = false;
  private readonly links = new Map<string, string>();
  /** Where the layer is that is being laid: nobody who makes an image knows the name. */
  private readonly layerName = `.layer-${randomBytes(8).toString('hex')}`;

  constructor(private readonly tree: StagedTree) {}

  /** Unpacks a layer and lays it over. @param unpack writes the entries that `rename` has a name for */
  async lay<T>(unpack: (layer: StagedTree, rename: (name: string) => string | undefined) => Promise<T>): Promise<T> {
    const directory = join(this.tree.directory, this.layerName);
    mkdirSync(directory, { mode: 0o755 });
    try {
      const layer = new LayerTree(directory, this.tree.from);
      const result = await unpack(layer, (name) => layer.accept(name));
      this.seen ||= layer.seen;
      for (const path of layer.emptied) this.empty(path);
      for (const path of layer.removed) this.remove(path);
      this.merge(directory, '');
      for (const [path, target] of layer.collected) {
        this.remove(path);
        this.links.set(path, target);
      }
      return result;
    } catch (error) {
      throw isSystemError(error) ? diskError(`unpacking a layer of ${this.tree.from}`, error) : error;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Hands the links to the tree, which judges them together. @returns whether there is anything in the model */
  finish(): boolean {
    for (const [path, target] of this.links) this.tree.addLink(path, target);
    return this.links.size > 0 || readdirSync(this.tree.directory).length > 0;
  }

  private merge(from: string, below: string): void {
    for (const entry of readdirSync(join(from, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const target = join(this.tree.directory, path);
      const there = lstatSync(target, { throwIfNoEntry: false });
      if (entry.isDirectory() && there?.isDirectory() === true) {
        this.merge(from, path);
        continue;
      }
      this.remove(path);
      renameSync(join(from, path), target);
    }
  }

  /** Removes what is at a path, and below it. */
  private remove(path: string): void {
    rmSync(join(this.tree.directory, path), { recursive: true, force: true });
    for (const link of this.links.keys()) {
      if (link === path || link.startsWith(`${path}/`)) this.links.delete(link);
    }
  }

  /** Removes what layers below have left in a directory. */
  private empty(path: string): void {
    const directory = join(this.tree.directory, path);
    if (lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) {
      for (const name of readdirSync(directory)) {
        if (path !== '' || name !== this.layerName) this.remove(path === '' ? name : `${path}/${name}`);
      }
    }
    for (const link of this.links.keys()) {
      if (path === '' || link.startsWith(`${path}/`)) this.links.delete(link);
    }
  }
}

/** The entries of one layer: those of the model, with the links and removals beside. */
class LayerTree extends StagedTree {
  seen = false;
  readonly collected = new Map<string, string>();
  readonly removed: string[] = [];
  readonly emptied: string[] = [];

  /** The path of an entry in the model; undefined for what is not written. @throws StorageError `unsafe` for a removal outside */
  accept(name: string): string | undefined {
    const entry = layerEntry(name);
    this.seen ||= entry.kind !== 'elsewhere';
    if (entry.kind === 'removed') this.removed.push(this.inside(entry.path));
    if (entry.kind === 'emptied') this.emptied.push(entry.path === '' ? '' : this.inside(entry.path));
    return entry.kind === 'model' ? entry.path : undefined;
  }

  override addLink(name: string, target: string): void {
    const path = this.inside(name);
    const inModel = linkTarget(path, target);
    super.addLink(path, inModel);
    this.collected.set(path, inModel);
  }

  private inside(path: string): string {
    return safePath(path, this.from).join('/');
  }
}

function isSystemError(error: unknown): boolean {
  return isNativeError(error) && typeof Reflect.get(error, 'syscall') === 'string';
}
