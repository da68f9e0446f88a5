import { groupOf } from '../kubernetes/kinds';
import type { Manifest } from '../kubernetes/manifest';
import type { Finding } from './finding';

/** Kinds that take something with them when they are deleted, so that creating them anew does not bring it back. */
const holders = new Set([
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/** The annotations by which an author says that an object may be deleted and created anew. */
const consents: readonly (readonly [
  tool: string,
  agreed: (annotations: Readonly<Record<string, string>>) => boolean,
])[] = [
  ['Argo CD', (annotations) => isRecreatedHook(annotations) || isReplacedByForce(annotations)],
  ['Flux', (annotations) => annotations['kustomize.toolkit.fluxcd.io/force'] === 'enabled'],
];

/**
 * What comes of changes that the API server refuses, when the object's annotations have Argo CD and Flux delete it and
 * create it anew. Both must: `dist/` is for either.
 */
export function withRecreation(findings: readonly Finding[], after: Manifest): readonly Finding[] {
  if (holders.has(`${groupOf(after)}/${after.kind}`)) return findings;
  const agreed = consents.flatMap(([tool, agrees]) => (agrees(after.metadata.annotations ?? {}) ? [tool] : []));
  if (agreed.length === 0) return findings;
  return findings.map((finding) => {
    if (finding.refused !== true) return finding;
    if (agreed.length < consents.length) {
      return { ...finding, why: `${finding.why}; only ${agreed.join()} is told to create the object anew` };
    }
    return { ...finding, effect: 'recreate', why: 'immutable: Argo CD and Flux are told to create the object anew' };
  });
}

/** A hook without a policy is deleted before it is created again, as with `BeforeHookCreation`. */
function isRecreatedHook(annotations: Readonly<Record<string, string>>): boolean {
  if (annotations['argocd.argoproj.io/hook'] === undefined) return false;
  const policies = annotations['argocd.argoproj.io/hook-delete-policy'];
  return policies === undefined || policies.split(',').some((policy) => policy.trim() === 'BeforeHookCreation');
}

function isReplacedByForce(annotations: Readonly<Record<string, string>>): boolean {
  const options = (annotations['argocd.argoproj.io/sync-options'] ?? '').split(',').map((option) => option.trim());
  return options.includes('Force=true') && options.includes('Replace=true');
}
