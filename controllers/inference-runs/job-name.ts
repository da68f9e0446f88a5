import type { InferenceRun } from '../../definitions/inference/inference-run';
import { jobNamePrefix } from '../../definitions/names/inference';

/** Characters of a UID in a name. */
const uidLength = 8;
/** Most characters before the UID: upstream reserves one more hyphen than it writes, and names must stay what they were. */
const jobMainLength = 53;
/** Kubernetes refuses longer names of CronJobs: it appends 11 characters for their Jobs. */
const cronJobLength = 52;
/** Most characters of a name that is also a label. */
const labelLength = 63;

/**
 * Name of the first Job of a run, as upstream computes it: objects of both controllers have the same names.
 *
 * @returns at most 62 characters
 */
export function jobName(prefix: string, name: string, uid: string): string {
  return composed(prefix, name, uid, jobMainLength, '');
}

/**
 * Name of the CronJob of a run.
 *
 * @returns at most 52 characters
 */
export function cronJobName(prefix: string, name: string, uid: string): string {
  return composed(prefix, name, uid, cronJobLength - uidLength - 1, '');
}

/**
 * Name of the Job of an attempt.
 *
 * @param attempt from 1
 * @returns at most 63 characters
 */
export function attemptJobName({ metadata: { name, uid = '' } }: InferenceRun, attempt: number): string {
  if (attempt === 1) return jobName(jobNamePrefix, name, uid);
  const suffix = `-r${attempt - 1}`;
  const mainLength = Math.min(jobMainLength, labelLength - uidLength - 1 - suffix.length);
  return composed(jobNamePrefix, name, uid, mainLength, suffix);
}

/** Name of the CronJob of a scheduled run. */
export function runCronJobName({ metadata: { name, uid = '' } }: InferenceRun): string {
  return cronJobName(jobNamePrefix, name, uid);
}

function composed(prefix: string, name: string, uid: string, mainLength: number, suffix: string): string {
  const main = withoutEnd(withoutEnd(plain(`${prefix}-${name}`)).slice(0, mainLength));
  const uidPart = uid
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, uidLength)
    .padEnd(uidLength, '0');
  return `${main === '' ? '' : `${main}-`}${uidPart}${suffix}`;
}

/** Lower case, what a name may not have as one hyphen, none at the start. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
}

function withoutEnd(text: string): string {
  return text.replace(/-+$/, '');
}
