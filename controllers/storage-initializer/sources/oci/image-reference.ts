import { displayUri } from '../../display-uri';
import { StorageError } from '../../storage-error';

/** An image as `oci://` URIs name it, with the defaults of docker filled in. */
export interface ImageReference {
  /** Host and port as the user knows them, and as docker configs have them: `docker.io`, `quay.io`, `localhost:5000`. */
  readonly registry: string;
  /** Host and port that requests go to. */
  readonly host: string;
  readonly repository: string;
  /** Tag or digest: what a manifest is asked for by. */
  readonly reference: string;
  /** The image is named by the digest of its manifest: what comes must be exactly that. */
  readonly digest?: string;
  /** What messages call it. */
  readonly name: string;
}

const scheme = 'oci://';
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const hostPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/**
 * Reads an `oci://` URI: what follows the scheme is an image reference by docker's rules. The first component is a registry when it has a
 * dot or a port or is `localhost`; otherwise the image is one of Docker Hub, of `library/` when it has one component. Tag and digest
 * together are the digest.
 *
 * @throws StorageError for text that is no reference
 */
export function parseImageReference(uri: string): ImageReference {
  const text = uri.slice(scheme.length);
  const refuse = (why: string) =>
    new StorageError('other', `OCI error: ${displayUri(uri)}: ${why}, expected oci://registry/repository:tag`);
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0) throw refuse('it has more than one digest');
  if (digest !== undefined && !digestPattern.test(digest)) throw refuse(`${JSON.stringify(digest)} is no digest`);
  const { registry, path } = splitRegistry(named);
  const colon = path.lastIndexOf(':');
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  const repository = inLibrary(registry, colon < 0 ? path : path.slice(0, colon));
  if (!hostPattern.test(registry)) throw refuse(`${JSON.stringify(registry)} is no registry`);
  if (!repositoryPattern.test(repository) || repository.length > 255) {
    throw refuse(`${JSON.stringify(repository)} is no repository (lower-case letters, digits, separators)`);
  }
  if (tag !== undefined && !tagPattern.test(tag)) throw refuse(`${JSON.stringify(tag)} is no tag`);
  return {
    registry,
    host: registry === dockerHub ? 'registry-1.docker.io' : registry,
    repository,
    reference: digest ?? tag ?? 'latest',
    ...(digest === undefined ? {} : { digest }),
    name: uri,
  };
}

const dockerHub = 'docker.io';

function splitRegistry(named: string): { readonly registry: string; readonly path: string } {
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const isRegistry = /[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (!isRegistry) return { registry: dockerHub, path: named };
  // Docker Hub has a second name, which credentials are filed under.
  return { registry: first === 'index.docker.io' ? dockerHub : first, path: named.slice(slash + 1) };
}

function inLibrary(registry: string, path: string): string {
  return registry === dockerHub && path !== '' && !path.includes('/') ? `library/${path}` : path;
}

/** Whether a registry is on this machine, where nobody has a certificate. */
export function isOnThisMachine(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}
