import { groupOf } from '../kubernetes/kinds';
import type { Manifest } from '../kubernetes/manifest';
import { withDefaults } from './defaults';
import { definitionFindings } from './definition-changes';
import { type FieldChange, fieldChanges } from './field-changes';
import type { Finding } from './finding';
import { withRecreation } from './recreation';
import { mentions } from './mentions';
import { covers, type Sides } from './rule';
import { rules } from './rules';

/**
 * What applying the second form of an object does to a cluster that has the first. Empty when the API server sees no
 * difference.
 */
export function updateFindings(before: Manifest, after: Manifest): readonly Finding[] {
  const sides: Sides = { before: withDefaults(before), after: withDefaults(after), written: before };
  if (after.kind === 'CustomResourceDefinition') return definitionFindings(sides.before, sides.after);
  const known = rules[`${groupOf(after)}/${after.kind}`] ?? [];
  // What the API server once filled in stays as it is, also where it would fill in something else today.
  const isSaid = ({ path }: FieldChange) => mentions(before, path) || mentions(after, path);
  const findings = fieldChanges(sides.before, sides.after)
    .filter(isSaid)
    .map((change): Finding => finding(change));
  return withRecreation(findings, after);

  function finding(change: FieldChange): Finding {
    const rule = known.find((one) => covers(one, change) && (one.when?.(sides, change) ?? true));
    if (rule === undefined) return { ...change, effect: 'in place' };
    const { effect, why } = rule;
    return { ...change, effect, why, refused: effect === 'forbidden' };
  }
}
