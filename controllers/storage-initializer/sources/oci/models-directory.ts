import { posix } from 'node:path';

/** Directory of an image whose content is the model. */
const root = 'models';
const whiteout = '.wh.';
const opaque = '.wh..wh..opq';
/** What aufs keeps in its layers about itself. */
const ofAufs = '.wh..wh.';

/** What an entry of a layer means for the model. */
export type LayerEntry =
  /** Not below the directory. */
  | { readonly kind: 'elsewhere' }
  /** The directory itself. */
  | { readonly kind: 'root' }
  /** A file, directory or link of the model. @property path below the directory, as the layer has it: not to be trusted */
  | { readonly kind: 'model'; readonly path: string }
  /** Layers below have something that this image has not. @property path as above; empty: everything */
  | { readonly kind: 'removed'; readonly path: string }
  /** What layers below have in a directory is not in this image. @property path as above; empty: everything */
  | { readonly kind: 'emptied'; readonly path: string };

/**
 * Reads the name of a layer's entry: names are relative to the image's root, whether they say so or not; removals are entries with a
 * prefix, as the OCI image specification has them.
 */
export function layerEntry(name: string): LayerEntry {
  const path = name.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '');
  if (path === root) return { kind: 'root' };
  if (path === whiteout + root || path === opaque) return { kind: 'emptied', path: '' };
  if (!path.startsWith(`${root}/`)) return { kind: 'elsewhere' };
  const below = path.slice(root.length + 1);
  const base = posix.basename(below);
  const directory = below.slice(0, Math.max(0, below.length - base.length - 1));
  if (base === opaque) return { kind: 'emptied', path: directory };
  if (base.startsWith(ofAufs)) return { kind: 'elsewhere' };
  if (base.startsWith(whiteout)) {
    const removed = base.slice(whiteout.length);
    return { kind: 'removed', path: directory === '' ? removed : `${directory}/${removed}` };
  }
  return { kind: 'model', path: below };
}

/**
 * The target of a link of the model, relative to the link's directory: links of an image are relative to its root, or go through it
 * (`/models/a`, `../models/a`), and the root is not there any more. A target that is elsewhere is returned as it is, to be refused.
 *
 * @param path of the link below the directory
 */
export function linkTarget(path: string, target: string): string {
  const directory = posix.dirname(path);
  if (!target.startsWith('/') && !posix.join(directory, target).startsWith('..')) return target;
  const inImage = target.startsWith('/') ? posix.normalize(target) : posix.join('/', root, directory, target);
  if (inImage !== `/${root}` && !inImage.startsWith(`/${root}/`)) return target;
  return posix.relative(directory, inImage.slice(root.length + 2)) || '.';
}
