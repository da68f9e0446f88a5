import * as z from 'zod';
import type { TestCluster } from './test-cluster';
import type { ObjectReference } from './unstructured-object';
import { waitFor } from './wait-for';

/** One (group, resource, verb, resourceName) of a role. */
export interface RolePermission {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name?: string | undefined;
}

const roleSchema = z.object({
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()).default([]),
      resources: z.array(z.string()).default([]),
      resourceNames: z.array(z.string()).default([]),
      verbs: z.array(z.string()),
    }),
  ),
});

/** `apps/deployments get`, `coordination.k8s.io/leases get the-lease`. */
export const permissionText = ({ group, resource, verb, name }: RolePermission): string =>
  `${group}/${resource} ${verb}${name === undefined ? '' : ` ${name}`}`;

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/** The roles of a controller in a cluster, which can be told to allow less for a while. */
export class Roles {
  /**
   * @param user of the controller, `system:serviceaccount:NAMESPACE:NAME`
   * @param names its roles; ClusterRoles are bound for the whole cluster
   */
  constructor(
    private readonly cluster: TestCluster,
    private readonly user: string,
    private readonly names: readonly ObjectReference[],
  ) {}

  /** All that they allow now. */
  async permissions(): Promise<readonly RolePermission[]> {
    const all = await Promise.all(this.names.map((name) => this.permissionsOf(name)));
    return all.flat();
  }

  /**
   * Takes one permission away while something is done.
   *
   * @param need as {@link permissionText} writes it
   */
  without(need: string, work: () => Promise<void>): Promise<void> {
    return this.withoutAll((permission) => permissionText(permission) === need, work);
  }

  /** Takes permissions away, under all of their names, while something is done. */
  async withoutAll(are: (permission: RolePermission) => boolean, work: () => Promise<void>): Promise<void> {
    for (const name of this.names) {
      const before = await this.permissionsOf(name);
      const left = before.filter((permission) => !are(permission));
      if (left.length === before.length) continue;
      const taken = before.filter(are);
      await this.cluster.patch(name, { rules: rulesOf(left) });
      try {
        await this.settled(name, taken, false);
        return await work();
      } finally {
        await this.cluster.patch(name, { rules: rulesOf(before) });
        await this.settled(name, taken, true);
      }
    }
    throw new Error('no role allows it');
  }

  /** The API server learns of a role's change by a watch of its own: until then it answers as before. */
  private async settled(
    { metadata: { namespace = '' } }: ObjectReference,
    permissions: readonly RolePermission[],
    allowed: boolean,
  ): Promise<void> {
    for (const permission of permissions) {
      const { group, verb, name = '' } = permission;
      const [resource, subresource = ''] = permission.resource.split('/');
      const resourceAttributes = { namespace, group, resource, subresource, verb, name };
      await waitFor(`${permissionText(permission)} to be ${allowed ? 'allowed' : 'refused'}`, async () => {
        const { body } = await this.cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
          body: { spec: { user: this.user, resourceAttributes } },
        });
        return reviewSchema.parse(body).status.allowed === allowed;
      });
    }
  }

  private async permissionsOf(name: ObjectReference): Promise<readonly RolePermission[]> {
    const { rules } = roleSchema.parse(await this.cluster.get(name));
    return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb): RolePermission[] =>
            resourceNames.length === 0
              ? [{ group, resource, verb }]
              : resourceNames.map((only) => ({ group, resource, verb, name: only })),
          ),
        ),
      ),
    );
  }
}

const rulesOf = (permissions: readonly RolePermission[]) =>
  permissions.map(({ group, resource, verb, name }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: [verb],
    ...(name === undefined ? {} : { resourceNames: [name] }),
  }));
