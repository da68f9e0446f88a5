import { Agent } from 'undici';
import * as z from 'zod';
import type { ObjectReference } from '../../cluster/unstructured-object';
import { inParallel } from '../registry-sync/in-parallel';
import type { Script, ScriptedWrite } from './script';

/** What the plain client's process gets. */
export interface PlainWork {
  readonly objects: readonly ObjectReference[];
  /** Plural name of their kind. */
  readonly plural: string;
  readonly apiServer: { readonly url: string; readonly ca: string; readonly token: string };
  /** What is written for each object, by its `namespace/name`. */
  readonly scripts: ReadonlyMap<string, Script>;
  /** Objects in work at a time; each has a connection. */
  readonly workers: number;
}

const writtenSchema = z.object({ metadata: z.object({ uid: z.string(), resourceVersion: z.string() }) });
const patchSchema = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) });

/**
 * The ceiling: creates objects and writes at once what the controller would write for them. No watch, no queue, no plan, no question
 * whether a name is taken.
 *
 * @returns seconds until the last write was answered
 */
export async function writePlainly({ objects, plural, apiServer, scripts, workers }: PlainWork): Promise<number> {
  const agent = new Agent({ allowH2: false, connect: { ca: apiServer.ca }, connections: workers });
  const send = async (method: string, { path, contentType, body }: ScriptedWrite): Promise<string> => {
    const answer = await agent.request({
      origin: apiServer.url,
      path,
      method: method === 'POST' ? 'POST' : 'PATCH',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${apiServer.token}`,
        'content-type': contentType,
      },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${text}`);
    return text;
  };
  const write = async ({ apiVersion, metadata, ...object }: ObjectReference) => {
    const { namespace = '', name } = metadata;
    const script = scripts.get(`${namespace}/${name}`);
    if (script === undefined) throw new Error(`the controller wrote nothing for ${namespace}/${name}`);
    const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
    const body = JSON.stringify({ apiVersion, metadata, ...object });
    const created = await send('POST', { path, contentType: 'application/json', body });
    const { uid, ...first } = writtenSchema.parse(JSON.parse(created)).metadata;
    let { resourceVersion } = first;
    for (const scripted of script.writes) {
      const replayed = scripted.body.replaceAll(script.uid, uid);
      if (!isMerge(scripted)) {
        await send(scripted.contentType === 'application/json' ? 'POST' : 'PATCH', { ...scripted, body: replayed });
        continue;
      }
      const patched = await send('PATCH', { ...scripted, body: atVersion(replayed, resourceVersion) });
      ({ resourceVersion } = writtenSchema.parse(JSON.parse(patched)).metadata);
    }
  };
  try {
    const started = performance.now();
    await inParallel(objects, workers, write);
    return (performance.now() - started) / 1000;
  } finally {
    await agent.close();
  }
}

const isMerge = ({ contentType }: ScriptedWrite) => contentType === 'application/merge-patch+json';

/** A patch that insists on a version insists on the present one. */
function atVersion(body: string, resourceVersion: string): string {
  const parsed = patchSchema.safeParse(JSON.parse(body)).data;
  if (parsed === undefined) return body;
  return JSON.stringify({ ...parsed, metadata: { ...parsed.metadata, resourceVersion } });
}
