import * as z from 'zod';
import { registryApiPath } from '../../../definitions/names/model-registry';
import { jsonAnswer, textAnswer, type Answer } from '../model-registry/answer';
import { startLoopbackServer, type LoopbackServer } from '../model-registry/loopback-server';
import type { ReceivedRequest } from '../model-registry/request-log';

type RegistryRecord = Readonly<Record<string, unknown>>;

/** A running fake; its URL is without the base path. */
export interface UpstreamFakeRegistry extends LoopbackServer {
  /** The one inference service it remembers. */
  inferenceService(): RegistryRecord | undefined;
}

const basePath = `${registryApiPath}/v1alpha3`;

const jsonObject = z.record(z.string(), z.unknown());

/** The one id that everything gets, in all namespaces. */
const id = '1';

/**
 * Starts a fake with the behaviour of the one that the upstream controller is tested with. It is no faithful registry: finds are
 * not routed, lists answer 404 without a body, PATCH answers 201 and replaces the record. A controller that is to take
 * upstream's place has to get along with it.
 */
export async function startUpstreamFakeRegistry(): Promise<UpstreamFakeRegistry> {
  let stored: RegistryRecord | undefined;

  const respond = ({ method, url, body }: ReceivedRequest): Answer => {
    const withId = () => ({ ...jsonObject.parse(JSON.parse(body)), id });
    switch (url.pathname) {
      case `${basePath}/serving_environments`:
        if (method === 'GET') return textAnswer(404, '');
        return method === 'POST' ? jsonAnswer(201, withId()) : textAnswer(200, '');
      case `${basePath}/inference_services`:
        if (method === 'GET') return textAnswer(404, '');
        if (method !== 'POST') return textAnswer(200, '');
        return jsonAnswer(201, (stored = withId()));
      case `${basePath}/inference_services/${id}`:
        if (method === 'GET') return stored === undefined ? textAnswer(404, '') : jsonAnswer(200, stored);
        if (method !== 'PATCH') return textAnswer(200, '');
        return jsonAnswer(201, (stored = withId()));
      default:
        return textAnswer(404, '404 page not found\n');
    }
  };

  return { ...(await startLoopbackServer(respond)), inferenceService: () => stored };
}
