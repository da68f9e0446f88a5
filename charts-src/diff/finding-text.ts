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

/** A finding as one line, in the notation of a report: values pass through `quote`. */
export function findingText(finding: Finding, quote: (text: string) => string): string {
  const { path, why } = finding;
  const reason = why ?? '';
  if (path.length === 0) return reason;
  const change = changeText(finding, quote);
  return `${quote(pathText(path))}${change === '' ? '' : `: ${change}`}${reason === '' ? '' : ` (${reason})`}`;
}

function changeText({ path, before, after }: Finding, quote: (text: string) => string): string {
  if (before === undefined && after === undefined) return '';
  if (isSecret(path)) return 'other content';
  if (before === undefined) return `${quote(shown(after))} is new`;
  if (after === undefined) return `${quote(shown(before))} is gone`;
  const [old, now] = [shown(before), shown(after)];
  return old === now || [old, now].some((text) => text.includes('\n')) ? 'other text' : `${quote(old)} → ${quote(now)}`;
}

/** `stringData` of a Secret has no business in a repository, and less in a comment. */
function isSecret(path: readonly string[]): boolean {
  return path[0] === 'stringData';
}

function shown(value: Json | undefined): string {
  const text = textOf(value);
  return text.length <= longest ? text || '""' : `${text.slice(0, longest - 1)}…`;
}
