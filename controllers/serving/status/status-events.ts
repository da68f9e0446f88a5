import { servingConditions, servingEvents } from '../../../definitions/names/serving-conditions';
import { conditionOf } from '../../runtime/conditions';
import type { EventNote } from '../../runtime/events';
import { conditionsOf, type InferenceServiceStatus } from './stored-status';

const podReasons: readonly string[] = [servingEvents.modelLoadFailed, servingEvents.predictorPodBlocked];

/**
 * What users are to be told once a status has been written.
 *
 * Going from Ready to Unknown is no event: it is a matter of moments. Why a pod does not serve is told once for each cause.
 *
 * @param name of the InferenceService
 */
export function statusEvents(
  name: string,
  before: InferenceServiceStatus | undefined,
  after: InferenceServiceStatus,
): readonly EventNote[] {
  return [...podEvents(before, after), ...readyEvents(name, before, after)];
}

function readyEvents(
  name: string,
  before: InferenceServiceStatus | undefined,
  after: InferenceServiceStatus,
): readonly EventNote[] {
  const [was, is] = [before, after].map((status) => conditionOf(conditionsOf(status), servingConditions.ready)?.status);
  if (was !== 'True' && is === 'True') {
    return [{ type: 'Normal', reason: servingEvents.ready, note: `InferenceService [${name}] is Ready` }];
  }
  if (was !== 'True' || is !== 'False') return [];
  const types = conditionsOf(after).flatMap(({ type, status }) => (status === 'False' ? [type] : []));
  const note = `InferenceService [${name}] is no longer Ready because of: ${types.join(', ')}`;
  return [{ type: 'Warning', reason: servingEvents.notReady, note }];
}

function podEvents(before: InferenceServiceStatus | undefined, after: InferenceServiceStatus): readonly EventNote[] {
  const cause = podCause(after);
  if (cause === undefined) return [];
  const former = podCause(before);
  if (former?.reason === cause.reason && sameTrouble(former, cause)) return [];
  return [{ type: 'Warning', reason: cause.reason, note: cause.message }];
}

interface PodCause {
  readonly reason: string;
  readonly message: string;
}

function podCause(status: InferenceServiceStatus | undefined): PodCause | undefined {
  const condition = conditionOf(conditionsOf(status), servingConditions.predictorReady);
  const { reason = '', message = '' } = condition ?? {};
  return podReasons.includes(reason) ? { reason, message } : undefined;
}

/** The scheduler counts nodes in its message: one node more or less is the same trouble. */
function sameTrouble(former: PodCause, cause: PodCause): boolean {
  if (cause.reason === servingEvents.modelLoadFailed) return former.message === cause.message;
  const countless = ({ message }: PodCause) => message.replace(/\d+/g, '#');
  return countless(former) === countless(cause);
}
