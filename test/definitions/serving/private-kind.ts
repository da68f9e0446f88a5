import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import type { ResourceDefinition } from '../../../definitions/schema/resource-definition';
import type { JsonValue } from '../../../definitions/schema/structural-schema';
import type { ApiAnswer } from '../../cluster/api-client';
import { connectionFromEnvironment } from '../../cluster/cluster-connection';
import { TestCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const crdStatus = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() }).optional(),
});

/** Members of an object besides `apiVersion`, `kind` and `metadata`. */
type Members = { readonly [member: string]: JsonValue };

/**
 * One of our kinds on the test cluster, in a group of its own: other tests may serve the same kind under its real group
 * at the same time. Call it at the top level of a test file or of a `describe`: it is served before the first test there
 * and gone, with its objects, after the last.
 */
export function privateKind(definition: ResourceDefinition): PrivateKind {
  const cluster = new TestCluster(connectionFromEnvironment(process.env));
  const group = `t${randomBytes(5).toString('hex')}.slipway.dev`;
  const kind = new PrivateKind(cluster, { ...definition, group });
  beforeAll(() => kind.serve());
  afterAll(async () => {
    await kind.remove();
    await cluster.close();
  });
  return kind;
}

class PrivateKind {
  /** Warnings of the creation of the CustomResourceDefinition. */
  warnings: readonly string[] = ['not created yet'];
  /** Conditions of the CustomResourceDefinition that are true. */
  conditions: readonly string[] = [];

  private readonly crd;
  /** Path of the objects. */
  private readonly path: string;

  constructor(
    private readonly cluster: TestCluster,
    private readonly definition: ResourceDefinition,
  ) {
    const { group, version, plural, scope } = definition;
    this.crd = customResourceDefinition(definition);
    this.path = `/apis/${group}/${version}/${scope === 'Namespaced' ? 'namespaces/default/' : ''}${plural}`;
  }

  /** Creates the CustomResourceDefinition and waits until objects can be written. */
  async serve(): Promise<void> {
    const { name } = this.crd.metadata;
    const created = await this.cluster.request('POST', crdPath, {
      body: this.crd,
      query: { fieldValidation: 'Strict' },
    });
    if (created.status !== 201) throw new Error(`creating ${name}: ${JSON.stringify(created.body)}`);
    this.warnings = created.warnings;
    this.conditions = await waitFor(`${name} to be served`, async () => {
      const { body } = await this.cluster.request('GET', `${crdPath}/${name}`);
      const all = crdStatus.parse(body).status?.conditions ?? [];
      const now = all.filter(({ status }) => status === 'True').map(({ type }) => type);
      return now.includes('Established') && (await this.cluster.request('GET', this.path)).status === 200 && now;
    });
  }

  /** Deletes the CustomResourceDefinition and with it every object. */
  async remove(): Promise<void> {
    await this.cluster.request('DELETE', `${crdPath}/${this.crd.metadata.name}`);
  }

  /** Server-side apply of an object, or of its status, under strict field validation. */
  async apply(name: string, members: Members, ...subresource: ['status'?]): Promise<ApiAnswer> {
    return this.cluster.request('PATCH', [this.path, name, ...subresource].join('/'), {
      body: this.object(name, members),
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'test', fieldValidation: 'Strict' },
    });
  }

  /** Creation of an object as `kubectl create` does it. */
  async create(name: string, members: Members, fieldValidation: 'Strict' | 'Warn'): Promise<ApiAnswer> {
    return this.cluster.request('POST', this.path, { body: this.object(name, members), query: { fieldValidation } });
  }

  /** Deletes an object. */
  async delete(name: string): Promise<ApiAnswer> {
    return this.cluster.request('DELETE', `${this.path}/${name}`);
  }

  private object(name: string, members: Members): object {
    const { group, version, kind } = this.definition;
    return { apiVersion: `${group}/${version}`, kind, metadata: { name }, ...members };
  }

  /** Members of a stored object besides `apiVersion`, `kind` and `metadata`; `undefined` when there is no such object. */
  async stored(name: string): Promise<object | undefined> {
    const { status, body } = await this.cluster.request('GET', `${this.path}/${name}`);
    if (status === 404) return undefined;
    const { apiVersion: _v, kind: _k, metadata: _m, ...members } = z.looseObject({}).parse(body);
    return members;
  }
}
