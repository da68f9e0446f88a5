import { Agent } from 'undici';
import { z } from 'zod';
import type { WrittenInferenceService } from '../../controllers/serving/serving-installation';
import { inParallel } from '../registry-sync/in-parallel';
import type { Script, ScriptedWrite } from './script';

/** What the plain client's process gets. */
export interface PlainWork {
  readonly objects: readonly WrittenInferenceService[];
  readonly apiServer: { readonly url: string; readonly ca: string; readonly token: string };
  readonly scripts: ReadonlyMap<string, Script>;
  /** InferenceServices in work at a time. */
  readonly workers: number;
}

const createdSchema = z.object({ metadata: z.object({ uid: z.string(), resourceVersion: z.string() }) });
const finalizerSchema = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) });

/**
 * The ceiling: creates InferenceServices and writes at once what the controller would write for them. No watch, no queue, no plan, no
 * question whether a name is taken.
 *
 * @returns seconds until the last child was there
 */
export async function writePlainly({ objects, apiServer, scripts, workers }: PlainWork): Promise<number> {
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
  const write = async (object: WrittenInferenceService) => {
    const { namespace, name } = object.metadata;
    const script = scripts.get(`${namespace}/${name}`);
    if (script === undefined) throw new Error(`the controller wrote nothing for ${namespace}/${name}`);
    const path = `/apis/serving.kserve.io/v1beta1/namespaces/${namespace}/inferenceservices`;
    const text = await send('POST', { path, contentType: 'application/json', body: JSON.stringify(object) });
    const { uid, resourceVersion } = createdSchema.parse(JSON.parse(text)).metadata;
    for (const scripted of script.writes) {
      const body = scripted.body.replaceAll(script.uid, uid);
      const isCreate = scripted.contentType === 'application/json';
      await send(isCreate ? 'POST' : 'PATCH', {
        ...scripted,
        body: isMerge(scripted) ? atVersion(body, resourceVersion) : body,
      });
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
  const parsed = finalizerSchema.safeParse(JSON.parse(body)).data;
  if (parsed === undefined) return body;
  return JSON.stringify({ ...parsed, metadata: { ...parsed.metadata, resourceVersion } });
}
