import {
  type ConditionsRule,
  type HealthRule,
  type Progress,
  readyCondition,
} from '../../definitions/names/conditions';
import type { HealthStrictness } from './health-script';

/** A kind's health check as Flux evaluates it: CEL over the object's top-level members. */
export interface HealthExpressions {
  readonly apiVersion: string;
  readonly kind: string;
  readonly failed?: string;
  readonly current: string;
}

/**
 * A kind's health check for `healthCheckExprs`, with the same verdicts as {@link healthScript}. Flux itself looks at the
 * generation first, and takes an object for which neither expression holds as in progress. An object at rest on purpose is
 * current: there is nothing to wait for.
 *
 * *Caveat*: CEL can't ask whether the object has a status at all. Where there is none Flux reports an unknown health and
 * keeps waiting, as it should.
 */
export function healthExpressions(
  { group, version, kind, rule }: HealthRule,
  { strict }: HealthStrictness,
): HealthExpressions {
  const object = { apiVersion: `${group}/${version}`, kind };
  if (rule.from === 'existence') return { ...object, current: 'true' };
  if (rule.from === 'phase') {
    const { failed, healthy, resting } = rule;
    return { ...object, failed: phaseIn(failed), current: phaseIn([...resting, ...healthy]) };
  }
  const { stopped, progress, failedWhenFalse = [] } = rule;
  const resting = stopped === undefined ? [] : [hasCondition(stopped, 'True')];
  const failures = [
    ...(progress === undefined ? [] : [failedWord(progress)]),
    ...failedWhenFalse.map((type) => hasCondition(type, 'False')),
  ];
  const holds = [
    `status.conditions.all(c, ${flawless(rule)})`,
    ...(progress === undefined ? [] : [doneWord(progress)]),
    ...(strict ? [hasCondition(readyCondition, 'True')] : []),
  ];
  const current = all([reported, any([...resting, all(holds)])]);
  if (failures.length === 0) return { ...object, current };
  return {
    ...object,
    failed: all([reported, ...resting.map((expression) => `!${expression}`), any(failures)]),
    current,
  };
}

function phaseIn(words: readonly string[]): string {
  return `has(status.phase) && status.phase in [${words.map(cel).join(', ')}]`;
}

const reported = 'has(status.conditions)';

function flawless({ stopped }: ConditionsRule): string {
  const notFalse = stopped === undefined ? 'c.status != "False"' : `(c.type == ${cel(stopped)} || c.status != "False")`;
  return `c.status != "Unknown" && ${notFalse}`;
}

function hasCondition(type: string, status: 'True' | 'False'): string {
  return `status.conditions.exists(c, c.type == ${cel(type)} && c.status == "${status}")`;
}

function doneWord({ path, done }: Progress): string {
  return `(!(${present(path)}) || ${member(path)} in [${done.map(cel).join(', ')}])`;
}

function failedWord({ path, done, underWay }: Progress): string {
  return `(${present(path)} && !(${member(path)} in [${[...done, ...underWay].map(cel).join(', ')}]))`;
}

/** Asks for every member on the way: `has(a.b)` is an error where `a` is absent. */
function present(path: readonly string[]): string {
  return path.map((_, index) => `has(${member(path.slice(0, index + 1))})`).join(' && ');
}

function member(path: readonly string[]): string {
  return ['status', ...path].join('.');
}

function all(parts: readonly string[]): string {
  return parts.join(' && ');
}

function any(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join() : `(${parts.join(' || ')})`;
}

function cel(text: string): string {
  return JSON.stringify(text);
}
