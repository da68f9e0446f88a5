import type { ObjectReference } from '../../definitions/inference/object-reference';

/** Members by which settings of a storage kind name Secrets. */
const endpointMember = 'endpointRef';
/** Credentials, and certificates of authorities: both are Secrets beside the run. */
const nearMembers: readonly string[] = ['credentialsRef', 'caRef'];

/** Secrets that the runner of a config may need. */
export interface SecretReferences {
  /** Endpoints, which name a namespace. */
  readonly endpoints: readonly ObjectReference[];
  /** Names of Secrets with credentials and certificates, in the namespace of the run. */
  readonly credentials: readonly string[];
  /** Whether something stands where a reference is expected that has not the form of one. */
  readonly hasOthers: boolean;
}

/** What Kubernetes takes as the name of a Secret; anything else can't exist, and must not become part of a path. */
const objectName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/**
 * The Secrets that are named anywhere in settings of any kind: `endpointRef` of exactly name and namespace, `credentialsRef` and
 * `caRef` of exactly a name. Each once, by name.
 */
export function secretReferences(settings: readonly unknown[]): SecretReferences {
  const endpoints = new Map<string, ObjectReference>();
  const credentials = new Set<string>();
  let hasOthers = false;
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (name === endpointMember || nearMembers.includes(name)) {
        const reference = referenceOf(member);
        if (name === endpointMember && reference?.namespace !== undefined) {
          const { namespace } = reference;
          endpoints.set(`${namespace}/${reference.name}`, { name: reference.name, namespace });
        } else if (name !== endpointMember && reference !== undefined && reference.namespace === undefined) {
          credentials.add(reference.name);
        } else hasOthers = true;
      }
      visit(member);
    }
  };
  visit(settings);
  const byPlace = [...endpoints].sort(([one], [other]) => (one < other ? -1 : 1));
  return { endpoints: byPlace.map(([, reference]) => reference), credentials: [...credentials].sort(), hasOthers };
}

function referenceOf(value: unknown): { readonly name: string; readonly namespace?: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, namespace, ...others }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof name !== 'string' || !objectName.test(name) || Object.keys(others).length > 0) return undefined;
  if (namespace === undefined) return { name };
  return typeof namespace === 'string' && objectName.test(namespace) ? { name, namespace } : undefined;
}
