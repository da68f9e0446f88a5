import * as z from 'zod';
import type { KrateoApi } from '../../../definitions/inference/storage/krateo';
import { notebookListPath } from '../../../definitions/names/krateo';
import { notebookOf } from './call-address';
import { callFailure, quoted } from './call-failure';
import type { KrateoClient } from './krateo-client';

/** What the handler lists: `[["irisinput"], ["irisoutput"]]`; its README wraps it. */
const names = z.array(z.union([z.string(), z.array(z.string()).min(1)]));
const notebookList = z.union([names, z.looseObject({ result: names }).transform(({ result }) => result)]);

/** Whoever has no list, or hides it from us, may have the notebook all the same. */
const noList = [401, 404];

/**
 * Makes sure that the notebook of a call exists: the handler answers success, with nothing, for one that doesn't.
 *
 * @throws RunnerError naming those there are
 */
export async function checkNotebook(
  client: KrateoClient,
  { path, verb }: Pick<KrateoApi, 'path' | 'verb'>,
  signal: AbortSignal,
): Promise<void> {
  const notebook = notebookOf(path);
  if (notebook === undefined || verb !== 'POST') return;
  const answer = await client.call(
    { method: 'GET', path: notebookListPath, repeat: 'repeatable', accepted: noList },
    signal,
  );
  if (noList.includes(answer.status)) return;
  const listed = notebookList.safeParse(jsonOf(answer.text));
  if (!listed.success) {
    throw callFailure(answer.place, `is no list of notebooks (checkNotebook: false asks none): ${quoted(answer.text)}`);
  }
  const known = listed.data.map((entry) => (typeof entry === 'string' ? entry : entry[0]));
  if (known.includes(notebook)) return;
  const others = known.length === 0 ? 'it has none' : `it has ${quoted(known.join(', '))}`;
  throw callFailure(answer.place, `the database handler has no notebook ${notebook}, ${others}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
