import type { JsonMap } from '../../../../charts-src/kubernetes/manifest';

/** An object as upstream's kustomize renders it: what users can rely on of it. */
export interface UpstreamObject extends JsonMap {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** Only where the target fixes it. */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Stands for the content of a file with sample data. */
export const anyContent = '(sample data)';

/** The security settings that upstream gives almost every pod. */
export const podSecurity = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
/** The same for containers. */
export const containerSecurity = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** The same objects in a namespace; cluster-scoped ones have none. */
export function inNamespace(namespace: string, objects: readonly UpstreamObject[]): readonly UpstreamObject[] {
  return objects.map((object) =>
    object.kind.startsWith('Cluster') ? object : { ...object, metadata: { ...object.metadata, namespace } },
  );
}
