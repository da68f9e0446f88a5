import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import { stopAnnotation } from '../../definitions/names/serving';
import type { InferenceService } from '../../definitions/serving/inference-service';
import type { DesiredState } from '../model-registry/answers';
import type { NewInferenceService } from '../model-registry/registry-client';
import type { Link } from './link';
import { urlProperty } from './custom-properties';

/** What the record of an InferenceService should say. Absent members are left as they are in the registry. */
export interface DesiredRecord {
  /** `<name>/<uid>`: unique for ever, also when an InferenceService is made again under its old name. */
  readonly name: string;
  /** Name of the serving environment. */
  readonly environment: string;
  readonly desiredState: DesiredState;
  /** A record that is UNDEPLOYED stays so: the operator lets people set that by hand. */
  readonly keepsUndeployed: boolean;
  readonly modelVersionId?: string;
  readonly runtime?: string;
  /** URL to publish; absent: the record has no `url` property. */
  readonly url?: string;
}

/** The record for a live InferenceService. Every member below `spec` and `status` may be absent. */
export function desiredRecord(
  inferenceService: InferenceService,
  link: Link,
  config: RegistrySyncConfig,
): DesiredRecord {
  const { metadata, spec, status } = inferenceService;
  const annotations = metadata.annotations ?? {};
  const runtime = spec?.predictor?.model?.runtime;
  const published = annotations[config.keys.publishedUrlAnnotation]?.trim();
  const url = published === undefined || published === '' ? status?.url : published;
  return {
    name: `${metadata.name}/${metadata.uid ?? ''}`,
    environment: `${config.environmentPrefix}${metadata.namespace ?? ''}`,
    desiredState: annotations[stopAnnotation]?.toLowerCase() === 'true' ? 'UNDEPLOYED' : 'DEPLOYED',
    keepsUndeployed: !config.reassertDesiredState,
    ...(link.modelVersionId === undefined ? {} : { modelVersionId: link.modelVersionId }),
    ...(runtime === undefined || runtime === '' ? {} : { runtime }),
    ...(url === undefined || url === '' ? {} : { url }),
  };
}

/** Body that makes the record. */
export function newRecord(
  desired: DesiredRecord,
  registeredModelId: string,
  servingEnvironmentId: string,
): NewInferenceService {
  const { name, modelVersionId, runtime, desiredState, url } = desired;
  return {
    name,
    registeredModelId,
    servingEnvironmentId,
    ...(modelVersionId === undefined ? {} : { modelVersionId }),
    ...(runtime === undefined ? {} : { runtime }),
    desiredState,
    ...(url === undefined ? {} : { customProperties: urlProperty(url) }),
  };
}

/** Characters that the registry's database has for a name. */
export const longestName = 255;

/** Length of a record's name as it is stored: with the id of its environment before it. */
export function storedNameLength({ name }: DesiredRecord, servingEnvironmentId: string): number {
  return servingEnvironmentId.length + 1 + name.length;
}

/** Description of the environment of a namespace; also tells which environments are ours. */
export function environmentDescription(namespace: string): string {
  return `Kubernetes namespace ${namespace}`;
}
