import { partialDeepStrictEqual } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Effect } from '../../../../charts-src/diff/effect';
import { type JsonMap, type Manifest, mapAt, mapsAt } from '../../../../charts-src/kubernetes/manifest';
import type { TestCluster } from '../../../cluster/test-cluster';
import { parseObject } from '../../../cluster/unstructured-object';
import { waitFor } from '../../../cluster/wait-for';
import { samples } from './definition-rows';
import { edited, type Row } from './row';

const gitops = { fieldManager: 'gitops', force: true };
const listSchema = z.object({ items: z.array(z.object({ spec: z.unknown() })) });

/** A field by which the API server shows that it works with the new schema. */
const marker = 'newSchemaIsInForce';

/**
 * What a new form of a CustomResourceDefinition does to objects that were stored and clients that wrote them before:
 * `forbidden` when it is refused, or any of them is.
 */
export async function observedDefinitionEffect(
  cluster: TestCluster,
  { before, after }: Row,
  namespace: string,
): Promise<Effect> {
  await cluster.installCrds([before]);
  const old = await cluster.get(before);
  const things = new Things(cluster, before, namespace);
  await things.store();
  const was = await things.seen();
  const tried = await things.apply(after, { dryRun: 'All' });
  if (tried.status === 422) return 'forbidden';
  expect(tried).toMatchObject({ status: 200 });
  if (isDeepStrictEqual(parseObject(tried.body)['spec'], old['spec'])) return 'none';
  expect(await things.apply(marked(after))).toMatchObject({ status: 200 });
  await things.waitForNewSchema(after);
  const lost = !contains(await things.seen(), was) || (await things.refusals()).length > 0;
  return lost ? 'forbidden' : 'in place';
}

/** Defaults may come to what was there. */
function contains(now: object, was: object): boolean {
  try {
    partialDeepStrictEqual(now, was);
    return true;
  } catch {
    return false;
  }
}

/** The clients of a definition's first form. */
class Things {
  private readonly versions: readonly string[];
  private readonly kind: string;
  private readonly group: string;
  private readonly plural: string;

  constructor(
    private readonly cluster: TestCluster,
    definition: Manifest,
    private readonly namespace: string,
  ) {
    const spec = mapAt(definition, 'spec');
    const text = z.string();
    this.group = text.parse(spec['group']);
    this.kind = text.parse(mapAt(spec, 'names')['kind']);
    this.plural = text.parse(mapAt(spec, 'names')['plural']);
    this.versions = mapsAt(spec, 'versions').map(({ name }) => text.parse(name));
  }

  async store(): Promise<void> {
    for (const [index, spec] of samples.entries()) {
      const body = this.thing('v1', `stored-${index}`, spec);
      expect(await this.request('POST', 'v1', '', body)).toMatchObject({ status: 201 });
    }
  }

  /** What clients of each version read. */
  async seen(): Promise<object> {
    const answers = await Promise.all(this.versions.map((version) => this.request('GET', version, '')));
    return answers.map(({ status, body }) => ({
      status,
      specs: status === 200 ? listSchema.parse(body).items.map(({ spec }) => spec) : [],
    }));
  }

  /** Answers other than "yes" to what clients of each version write. */
  async refusals(): Promise<unknown[]> {
    const writes = this.versions.flatMap((version) => [
      ...samples.map((spec, index) =>
        this.request('POST', version, '', this.thing(version, `fresh-${index}`, spec), { dryRun: 'All' }),
      ),
      this.request('PATCH', version, '/stored-0/status', { status: { ready: true } }),
    ]);
    return (await Promise.all(writes)).filter(({ status }) => status >= 300);
  }

  apply(definition: Manifest, query = {}) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
    return this.cluster.request('PATCH', path, {
      body: definition,
      contentType: 'application/apply-patch+yaml',
      query: { ...gitops, ...query },
    });
  }

  /** Until the marker is a known field of every version that is still there. */
  async waitForNewSchema(definition: Manifest): Promise<void> {
    const there = mapsAt(mapAt(definition, 'spec'), 'versions').filter(({ served }) => served === true);
    await waitFor(`the new schema of ${this.plural} to be in force`, async () => {
      for (const { name } of there) {
        const version = z.string().parse(name);
        const thing = this.thing(version, 'probe', { model: 'iris', [marker]: 'yes' });
        const { body } = await this.request('POST', version, '', thing, { dryRun: 'All' });
        if (JSON.stringify(body).includes('unknown field')) return false;
      }
      return true;
    });
  }

  private thing(version: string, name: string, spec: JsonMap) {
    return { apiVersion: `${this.group}/${version}`, kind: this.kind, metadata: { name }, spec };
  }

  /**
   * The answer, which is a verdict: while the server puts a new schema in place of the old one it says 429 ("storage is
   * (re)initializing") or 503, and means later.
   */
  private request(method: 'GET' | 'POST' | 'PATCH', version: string, path: string, body?: unknown, query = {}) {
    const url = `/apis/${this.group}/${version}/namespaces/${this.namespace}/${this.plural}${path}`;
    return waitFor(`an answer to ${method} ${url}`, async () => {
      const answer = await this.cluster.request(method, url, {
        ...(body !== undefined && { body }),
        ...(method === 'PATCH' && { contentType: 'application/merge-patch+json' }),
        query: { ...(method !== 'GET' && { fieldValidation: 'Strict' }), ...query },
      });
      return answer.status === 429 || answer.status === 503 ? undefined : answer;
    });
  }
}

/** A definition with the marker as a further field, which nobody wrote before. */
function marked(definition: Manifest): Manifest {
  const spec = mapAt(definition, 'spec');
  const place = 'schema.openAPIV3Schema.properties.spec.properties';
  const edits = mapsAt(spec, 'versions').map((_, index): [string, JsonMap] => [
    `spec.versions.${index}.${place}.${marker}`,
    { type: 'string' },
  ]);
  return edited(definition, Object.fromEntries(edits));
}
