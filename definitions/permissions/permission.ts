/** Verbs of the Kubernetes API that our controllers use. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/**
 * One thing a controller needs to be allowed to do, and why. Charts render Roles and ClusterRoles from these; the
 * integration tests run the controller under exactly the rendered roles.
 */
export interface Permission {
  /** API group, `''` for core. */
  readonly group: string;
  /** Plural, with the subresource if any: `inferenceservices/finalizers`. */
  readonly resource: string;
  readonly verbs: readonly Verb[];
  /** Limits the rule to these object names; absent = all. */
  readonly resourceNames?: readonly string[];
  /**
   * `cluster`: a ClusterRole bound cluster-wide. `own-namespace`: a Role in the controller's namespace. `registry-namespaces`: a Role in
   * each namespace in which registries are allowed. `watched-namespaces`: a Role in each namespace whose inference runs are worked on.
   */
  readonly scope: 'cluster' | 'own-namespace' | 'registry-namespaces' | 'watched-namespaces';
  /** Why the controller needs it, one sentence, shown to reviewers. */
  readonly reason: string;
}
