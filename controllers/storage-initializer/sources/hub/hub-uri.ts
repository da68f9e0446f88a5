import { displayUri } from '../../display-uri';
import { StorageError } from '../../storage-error';

/** A repository of a hub, and which state of it is wanted. */
export interface HubRepository {
  /** `owner/model`. */
  readonly id: string;
  /** Branch, tag, commit, `refs/pr/1`; absent: what the hub has as default. */
  readonly revision?: string;
}

/** How messages call a hub. */
export interface HubWords {
  /** `Hugging Face` */
  readonly brand: string;
  /** Scheme of the form that the message shows: `hf` */
  readonly scheme: string;
}

/**
 * Reads `{scheme}://owner/model[:revision]`. As KServe does, but for revisions with slashes: there they are refused, which leaves the
 * pull requests of Hugging Face (`refs/pr/1`) out of reach.
 *
 * @throws StorageError in KServe's words
 */
export function parseHubUri(uri: string, { brand, scheme }: HubWords): HubRepository {
  const shown = displayUri(uri);
  const wrong = (message: string) => new StorageError('other', message);
  const rest = uri.slice(uri.indexOf('://') + '://'.length);
  const colon = rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const [owner = '', model = '', ...more] = path.split('/');
  const revision = colon < 0 ? '' : rest.slice(colon + 1);
  const tooFew = !path.includes('/');
  // Dots would be taken for steps in the path of a request.
  if (tooFew || more.length > 0 || [owner, model, ...revision.split('/')].some((part) => /^\.{1,2}$/.test(part))) {
    throw wrong(`Invalid ${brand} URI format. Expected '${scheme}://owner/model[:revision]', got '${shown}'`);
  }
  if (owner === '') throw wrong(`${brand} repository owner cannot be empty in URI: ${shown}`);
  if (model === '') throw wrong(`${brand} model name cannot be empty in URI: ${shown}`);
  return { id: `${owner}/${model}`, ...(revision === '' ? {} : { revision }) };
}

/** A path as it stands in a URL: everything but its slashes is encoded. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
