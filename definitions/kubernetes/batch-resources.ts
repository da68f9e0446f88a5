import type { V1CronJobSpec, V1JobSpec, V1JobStatus } from '@kubernetes/client-node';
import type { ApiResource, KubernetesObject } from './api-resource';

/** A condition of a Job as JSON has it. */
export interface StoredJobCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** Status of a Job as JSON has it: times are text. */
export type StoredJobStatus = Omit<V1JobStatus, 'conditions' | 'startTime' | 'completionTime'> & {
  readonly conditions?: readonly StoredJobCondition[];
  readonly startTime?: string;
  readonly completionTime?: string;
};

export interface StoredJob extends KubernetesObject {
  readonly spec?: V1JobSpec;
  readonly status?: StoredJobStatus;
}

/** A CronJob as stored: times are text. */
export interface StoredCronJob extends KubernetesObject {
  readonly spec?: V1CronJobSpec;
  readonly status?: {
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
  };
}

export const jobs: ApiResource<StoredJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  scope: 'Namespaced',
};

export const cronJobs: ApiResource<StoredCronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  scope: 'Namespaced',
};
