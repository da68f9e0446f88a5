import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import type { ResourceDefinition } from '../../../definitions/schema/resource-definition';
import type { JsonValue } from '../../../definitions/schema/structural-schema';
import type { ApiAnswer } from '../../cluster/api-client';
import type { TestCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const crdStatus = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() }).optional(),
});

/** Members of an object besides `apiVersion`, `kind` and `metadata`. */
type Members = { readonly [member: string]: JsonValue };

/**
 * One of our kinds on the test cluster, in a group of its own: other tests may serve the same kind under its real group
 * at the same time.
 */
export class PrivateKind {
  private constructor(
    private readonly cluster: TestCluster,
    private readonly definition: ResourceDefinition,
    /** Answer to the creation of the CustomResourceDefinition. */
    readonly created: ApiAnswer,
    /** Conditions of the CustomResourceDefinition that are true. */
    readonly conditions: readonly string[],
  ) {}

  /** Creates the CustomResourceDefinition and waits until objects can be written. */
  static async serve(cluster: TestCluster, definition: ResourceDefinition): Promise<PrivateKind> {
    const own = { ...definition, group: `t${randomBytes(5).toString('hex')}.slipway.dev` };
    const crd = customResourceDefinition(own);
    const created = await cluster.request('POST', crdPath, { body: crd, query: { fieldValidation: 'Strict' } });
    if (created.status !== 201) throw new Error(`creating ${crd.metadata.name}: ${JSON.stringify(created.body)}`);
    const conditions = await waitFor(`${crd.metadata.name} to be served`, async () => {
      const { body } = await cluster.request('GET', `${crdPath}/${crd.metadata.name}`);
      const all = crdStatus.parse(body).status?.conditions ?? [];
      const now = all.filter(({ status }) => status === 'True').map(({ type }) => type);
      return now.includes('Established') && (await cluster.request('GET', collection(own))).status === 200 && now;
    });
    return new PrivateKind(cluster, own, created, conditions);
  }

  /** Deletes the CustomResourceDefinition and with it every object. */
  async remove(): Promise<void> {
    const { plural, group } = this.definition;
    await this.cluster.request('DELETE', `${crdPath}/${plural}.${group}`);
  }

  /** Server-side apply of an object, or of its status, under strict field validation. */
  async apply(name: string, members: Members, ...subresource: ['status'?]): Promise<ApiAnswer> {
    return this.cluster.request('PATCH', [collection(this.definition), name, ...subresource].join('/'), {
      body: this.object(name, members),
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'test', fieldValidation: 'Strict' },
    });
  }

  /** Creation of an object as `kubectl create` does it. */
  async create(name: string, members: Members, fieldValidation: 'Strict' | 'Warn'): Promise<ApiAnswer> {
    const body = this.object(name, members);
    return this.cluster.request('POST', collection(this.definition), { body, query: { fieldValidation } });
  }

  private object(name: string, members: Members): object {
    const { group, version, kind } = this.definition;
    return { apiVersion: `${group}/${version}`, kind, metadata: { name }, ...members };
  }

  /** Members of a stored object besides `apiVersion`, `kind` and `metadata`; `undefined` when there is no such object. */
  async stored(name: string): Promise<object | undefined> {
    const { status, body } = await this.cluster.request('GET', `${collection(this.definition)}/${name}`);
    if (status === 404) return undefined;
    const { apiVersion: _v, kind: _k, metadata: _m, ...members } = z.looseObject({}).parse(body);
    return members;
  }
}

function collection({ group, version, plural, scope }: ResourceDefinition): string {
  return `/apis/${group}/${version}/${scope === 'Namespaced' ? 'namespaces/default/' : ''}${plural}`;
}
