import { registryKeys } from '../../../../definitions/names/model-registry';
import type { AuditMark } from '../../../cluster/audit-log';
import { waitFor } from '../../../cluster/wait-for';
import type { EntityJson } from '../../../doubles/model-registry/entity-json';
import type { ControllerProcess } from '../controller-process';
import type { Installation, StoredInferenceService } from '../installation';

const kind = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService' };

/**
 * What must be true after every fault, whatever it was: nothing was missed, nothing was done twice and nothing was written
 * that changes nothing. Judges by the state of both worlds and by what they logged, from the oracle's start on.
 */
export class Oracle {
  private constructor(
    private readonly installation: Installation,
    private readonly start: AuditMark,
  ) {}

  /** Call before the first InferenceService and the first controller: the oracle needs each object's first version. */
  static async of(installation: Installation): Promise<Oracle> {
    return new Oracle(installation, await installation.cluster.audit.mark());
  }

  /** Waits until every record is what its InferenceService asks for, and then looks for what should not have been done. */
  async holds(controller: ControllerProcess): Promise<void> {
    await this.inStep();
    await atRest(controller);
    this.noSecondRecord();
    this.noIdleRegistryWrite();
    await this.noIdleKubernetesWrite();
  }

  /** Waits until every record is what its InferenceService asks for, and UNDEPLOYED when that is gone. */
  inStep(timeout = 20_000): Promise<true> {
    const probe = async () => {
      const objects = (await this.installation.cluster.list(kind)) as unknown as StoredInferenceService[];
      const linked = objects.filter(({ metadata }) => metadata.labels?.[registryKeys.registeredModelId] !== undefined);
      expect(this.recordsByName()).toEqual(
        Object.fromEntries(linked.map((object) => [`${object.metadata.name}/${object.metadata.uid}`, asked(object)])),
      );
      return true as const;
    };
    return waitFor('every record to be in step', probe, { timeout });
  }

  /** What records that are deployed say, by name. Records of one name would hide each other, so their number is there too. */
  private recordsByName(): Record<string, object> {
    const { inferenceServices, servingEnvironments } = this.installation.registry.entities();
    const environments = new Map<unknown, string>(servingEnvironments.map(({ id, name }) => [id, name]));
    const deployed = inferenceServices.filter(({ desiredState }) => desiredState === 'DEPLOYED');
    return Object.fromEntries(
      deployed.map((record) => [
        String(record['name']),
        {
          records: inferenceServices.filter(({ name }) => name === record['name']).length,
          id: record['id'],
          environment: environments.get(record['servingEnvironmentId']),
          registeredModelId: record['registeredModelId'],
          modelVersionId: record['modelVersionId'],
          runtime: record['runtime'],
          customProperties: record['customProperties'],
        },
      ]),
    );
  }

  private noSecondRecord(): void {
    const names = this.registryWrites('POST').map(({ body }) => String(body['name']));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }

  /** Replays the log: a PATCH all of whose members the record had already changes nothing. */
  private noIdleRegistryWrite(): void {
    const idOf = new Map(this.installation.registry.entities().inferenceServices.map(({ id, name }) => [name, id]));
    const records = new Map<string, Record<string, unknown>>();
    for (const { body } of this.registryWrites('POST')) records.set(String(idOf.get(body['name'])), { ...body });
    const idle = this.registryWrites('PATCH').filter(({ path, body, status }) => {
      const record = records.get(path.split('/').pop() ?? '') ?? {};
      const changes = Object.entries(body).some(([key, value]) => !same(record[key], value));
      if (status < 300) Object.assign(record, body);
      return !changes;
    });
    expect(idle).toEqual([]);
  }

  /** The API server gives a write that changes nothing the version that the object had: it comes a second time. */
  private async noIdleKubernetesWrite(): Promise<void> {
    const { cluster, user } = this.installation;
    const seen = new Set<string>();
    const idle = (await cluster.audit.since(this.start)).filter((event) => {
      const { verb, group, resource, namespace, name, resourceVersion } = event;
      if (!['create', 'update', 'patch'].includes(verb) || resourceVersion === undefined || event.code >= 300)
        return false;
      const version = [group, resource, namespace, name, resourceVersion].join(' ');
      const again = seen.has(version);
      seen.add(version);
      return again && event.user === user;
    });
    expect(idle).toEqual([]);
  }

  private registryWrites(method: 'POST' | 'PATCH') {
    return this.installation.registry.log
      .filter((request) => request.method === method && /\/inference_services(\/|$)/.test(request.path))
      .map(({ path, body, status }) => ({ path, status, body: JSON.parse(body) as EntityJson }));
  }
}

/** Waits until nothing is in work: what is to be logged has been logged. */
export async function atRest({ metrics }: ControllerProcess): Promise<void> {
  await waitFor('the controller to be at rest', async () => {
    const text = await (await fetch(`${metrics}/metrics`)).text();
    const figures = text
      .split('\n')
      .filter((line) => /^(workqueue_depth|controller_runtime_active_workers)\{/.test(line));
    return figures.length > 0 && figures.every((line) => line.endsWith(' 0'));
  });
}

/** What the record of an InferenceService must say. */
function asked({ metadata, spec, status }: StoredInferenceService): object {
  const { labels = {}, annotations = {} } = metadata;
  const url = annotations[registryKeys.publishedUrl] ?? status?.url;
  return {
    records: 1,
    id: labels[registryKeys.inferenceServiceId],
    environment: metadata.namespace,
    registeredModelId: labels[registryKeys.registeredModelId],
    modelVersionId: labels[registryKeys.modelVersionId],
    runtime: spec?.predictor?.model?.runtime,
    customProperties: url === undefined ? {} : { url: { metadataType: 'MetadataStringValue', string_value: url } },
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
