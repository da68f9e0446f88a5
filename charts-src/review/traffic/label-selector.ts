import { type JsonMap, mapAt, mapsAt, textOf } from '../../kubernetes/manifest';
import { textAt, textsAt } from '../json';

type Labels = Readonly<Record<string, string>>;

/** Whether a label selector selects something with these labels. An empty one selects everything. */
export function selects(selector: JsonMap, labels: Labels): boolean {
  const all = Object.entries(mapAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value);
  return all && mapsAt(selector, 'matchExpressions').every((expression) => holds(expression, labels));
}

function holds(expression: JsonMap, labels: Labels): boolean {
  const value = labels[textAt(expression, 'key') ?? ''];
  const values = textsAt(expression, 'values');
  const operator = textAt(expression, 'operator');
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new Error(
        `reading a label selector: got operator ${operator ?? 'none'}, allowed: In, NotIn, Exists, DoesNotExist`,
      );
  }
}

/** Whether it selects everything. */
export function isEmpty(selector: JsonMap): boolean {
  return Object.keys(mapAt(selector, 'matchLabels')).length === 0 && mapsAt(selector, 'matchExpressions').length === 0;
}

/** A selector as kubectl writes it. */
export function selectorText(selector: JsonMap): string {
  const labels = Object.entries(mapAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${textOf(value)}`);
  return [...labels, ...mapsAt(selector, 'matchExpressions').map(expressionText)].join(', ');
}

function expressionText(expression: JsonMap): string {
  const key = textAt(expression, 'key') ?? '';
  const operator = textAt(expression, 'operator');
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${textsAt(expression, 'values').join(', ')})`;
}
