import { type Json, textOf } from '../kubernetes/manifest';
import type { ObjectChange } from './compare';
import { pathText } from './field-changes';
import type { Finding } from './finding';

/** Longest value that is shown, in characters. */
const longest = 72;

/** What happens to an object in one word; empty where its findings say it. */
export function happeningText({ happening, before, after }: ObjectChange): string {
  if (happening === 'changed') return '';
  if (happening !== 'moved' || before === undefined || after === undefined) return ` ${happening}`;
  const { name, namespace } = after.manifest.metadata;
  return before.manifest.metadata.name === name ? ` moves to namespace ${namespace}` : ` becomes ${name}`;
}

/** A finding of a change as one line, in the notation of a report: values pass through `quote`. Empty when all is said. */
export function findingText(change: ObjectChange, finding: Finding, quote: (text: string) => string): string {
  const { path, why } = finding;
  const reason = why ?? '';
  if (path.length === 0) return reason;
  const value = isSecret(change, finding) ? 'other content' : valueText(finding, quote);
  return `${quote(pathText(path))}${value === '' ? '' : `: ${value}`}${reason === '' ? '' : ` (${reason})`}`;
}

function valueText({ before, after }: Finding, quote: (text: string) => string): string {
  if (before === undefined && after === undefined) return '';
  if (before === undefined) return `${quote(shown(after))} is new`;
  if (after === undefined) return `${quote(shown(before))} is gone`;
  const [old, now] = [shown(before), shown(after)];
  return old === now || [old, now].some((text) => text.includes('\n')) ? 'other text' : `${quote(old)} → ${quote(now)}`;
}

/** Reports go to logs and comments, where nobody expects a password. */
function isSecret({ before, after }: ObjectChange, { path: [top = ''] }: Finding): boolean {
  return (after ?? before)?.manifest.kind === 'Secret' && ['data', 'stringData'].includes(top);
}

function shown(value: Json | undefined): string {
  const text = textOf(value);
  return text.length <= longest ? text || '""' : `${text.slice(0, longest - 1)}…`;
}
