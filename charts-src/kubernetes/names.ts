import { groupOf } from './kinds';
import { type Manifest, nameOf } from './manifest';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const pathSegment = /^[^/%]+$/;

interface NameRule {
  readonly pattern: RegExp;
  readonly maximum: number;
  readonly words: string;
}

const dnsLabel: NameRule = { pattern: label, maximum: 63, words: 'a DNS label of at most 63 characters' };
const dnsSubdomain: NameRule = { pattern: subdomain, maximum: 253, words: 'a DNS subdomain of at most 253 characters' };
const rbacName: NameRule = { pattern: pathSegment, maximum: 253, words: 'at most 253 characters without / and %' };

const rules: Readonly<Record<string, NameRule>> = {
  Namespace: dnsLabel,
  Service: dnsLabel,
  // Their pods carry the name in labels and host names.
  Deployment: dnsLabel,
  StatefulSet: { ...dnsLabel, maximum: 52, words: 'a DNS label of at most 52 characters' },
  ClusterRole: rbacName,
  ClusterRoleBinding: rbacName,
  Role: rbacName,
  RoleBinding: rbacName,
};

/**
 * The API server takes the object's names, and its labels' values.
 *
 * @throws naming the object, the name and the rule
 */
export function withValidNames(manifest: Manifest): Manifest {
  const { name, namespace, labels = {} } = manifest.metadata;
  refuseUnless(manifest, 'metadata.name', name, rules[manifest.kind] ?? dnsSubdomain);
  if (namespace !== undefined) refuseUnless(manifest, 'metadata.namespace', namespace, dnsLabel);
  for (const [key, value] of Object.entries(labels)) {
    if (value.length <= 63) continue;
    throw new Error(`rendering ${nameOf(manifest)}: label ${key}: got "${value}", at most 63 characters are allowed`);
  }
  return manifest;
}

function refuseUnless(manifest: Manifest, path: string, name: string, rule: NameRule): void {
  if (name.length <= rule.maximum && rule.pattern.test(name)) return;
  throw new Error(`rendering ${nameOf(manifest)}: ${path}: got "${name}", must be ${rule.words}`);
}

/**
 * Refuses two objects of one identity (group, kind, namespace, name): whichever is applied last would win.
 *
 * @param components objects by the component that renders them
 * @throws naming the object and both components
 */
export function refuseDuplicates(components: ReadonlyMap<string, readonly Manifest[]>): void {
  const owners = new Map<string, string>();
  for (const [component, manifests] of components) {
    for (const manifest of manifests) {
      const identity = `${groupOf(manifest)}/${nameOf(manifest)}`;
      const owner = owners.get(identity);
      if (owner !== undefined) {
        const where = owner === component ? `twice by ${owner}` : `by ${owner} and by ${component}`;
        throw new Error(`rendering ${nameOf(manifest)}: it is rendered ${where}: give one of them another name`);
      }
      owners.set(identity, component);
    }
  }
}
