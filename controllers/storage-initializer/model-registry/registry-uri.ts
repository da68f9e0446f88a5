import { modelRegistryScheme } from '../../../definitions/storage/storage-kinds';
import { displayUri } from '../display-uri';
import { StorageError } from '../storage-error';

/** What a `model-registry://` URI names. */
export interface ModelRegistryUri {
  /** `host[:port]` of the registry, as written. */
  readonly host?: string;
  /** Namespace of the registry's Service; then there is no host. */
  readonly namespace?: string;
  readonly model: string;
  /** Absent: the latest one. */
  readonly version?: string;
  /** The first of two parts could be a host without a dot, as upstream finds out by asking it. */
  readonly perhapsHost?: string;
  /** What the user should know about how it was read. */
  readonly warnings: readonly string[];
}

const authority = /^([A-Za-z0-9_]([A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$/;
/** Upstream's rule, with the length of a label: DNS does not care for the case of letters. */
const namespacePattern = /^[a-zA-Z0-9_-]{1,63}$/;

/**
 * Reads a URI of the forms `model-registry://[HOST[:PORT]/]MODEL[/VERSION][?namespace=NAMESPACE]`.
 *
 * The first part is a host when another one follows and it has a `.` or a `:` in it or is listed: asking whoever has the name, as
 * upstream does, lets a Service with the name of a model decide what is served. Whether it is one is asked before percent-decoding, so
 * that `llama-3%2E1/v1` is a model. A version may have `/` in it.
 *
 * @param hosts names that are hosts although they have no dot
 * @throws StorageError when it is none of the forms, or the namespace can't be one: another registry than the meant one would answer
 */
export function parseModelRegistryUri(uri: string, hosts: readonly string[]): ModelRegistryUri {
  const rest = uri.slice(modelRegistryScheme.length);
  const mark = rest.indexOf('?');
  const parts = (mark < 0 ? rest : rest.slice(0, mark)).split('/');
  const { namespace, warnings } = parseQuery(mark < 0 ? '' : rest.slice(mark + 1), uri);
  const [first = ''] = parts;
  if (/:.*@/.test(first)) throw invalid(uri, 'user and password in it are not used');
  const hasHost = parts.length > 1 && isHost(first, hosts);
  const [model = '', ...version] = (hasHost ? parts.slice(1) : parts).map((part) => decoded(part, uri));
  if (model === '') throw invalid(uri, first === '' ? 'it names nothing' : 'it names no model');
  const named = {
    model,
    ...(version.join('/') === '' ? {} : { version: version.join('/') }),
  };
  if (namespace !== undefined) {
    const dropped = `${displayUri(uri)}: namespace ${namespace} decides which registry is asked, not the host ${first}`;
    return { namespace, ...named, warnings: hasHost ? [...warnings, dropped] : warnings };
  }
  if (hasHost) return { host: first, ...named, warnings };
  const isOpen = parts.length === 2 && named.version !== undefined && authority.test(first);
  return { ...named, ...(isOpen ? { perhapsHost: first } : {}), warnings };
}

/** Whether a name is in a list of hosts, with its port or without. */
export function isListedHost(host: string, hosts: readonly string[]): boolean {
  return hosts.includes(host) || hosts.includes(host.replace(/:[0-9]+$/, ''));
}

function isHost(part: string, hosts: readonly string[]): boolean {
  return authority.test(part) && (/[.:]/.test(part) || isListedHost(part, hosts));
}

function parseQuery(query: string, uri: string): Pick<ModelRegistryUri, 'namespace' | 'warnings'> {
  const parameters = new URLSearchParams(query);
  const [namespace, ...more] = new Set(parameters.getAll('namespace'));
  if (namespace !== undefined && (more.length > 0 || !namespacePattern.test(namespace))) {
    const got = [namespace, ...more].map((one) => JSON.stringify(one)).join(' and ');
    throw invalid(uri, `its namespace is ${got}, expected one namespace of Kubernetes`);
  }
  const others = [...new Set(parameters.keys())].filter((name) => name !== 'namespace');
  // Names only: the values can be anything.
  const warnings = others.map((name) => `${displayUri(uri)}: parameter ${JSON.stringify(name)} means nothing here`);
  return { ...(namespace === undefined ? {} : { namespace }), warnings };
}

function decoded(part: string, uri: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(uri, 'a % in a name is written %25');
  }
}

function invalid(uri: string, why: string): StorageError {
  return new StorageError(
    'other',
    'invalid model registry URI, use like model-registry://{dnsName}/{registeredModelName}/{versionName} ' +
      `(${displayUri(uri)}: ${why})`,
  );
}
