import type { Contract } from '../../../definitions/inference/contract';
import { displayUri } from '../../storage-initializer/display-uri';
import { contractRefusal } from './contract-refusal';

/** Where the model is asked, and how. */
export interface ModelAddress {
  readonly protocol: 'v1' | 'v2';
  readonly inferUrl: string;
  /** Where the model says what its tensors are; absent when the path is none of the protocol's. V2 only. */
  readonly metadataUrl?: string;
  /** Where the model says whether it is ready; absent when the path is none of the protocol's. */
  readonly readyUrl?: string;
}

type Model = Contract['kserve'];

const openAiPath = /\/(chat\/completions|completions|embeddings|rerank)$/;

/**
 * The address of the model. The address of its InferenceService comes before `modelUrl`; a `modelUrl` that is only a path is one of the
 * endpoint's server, and so is none at all.
 *
 * @param serverUrl address of the endpoint Secret
 * @throws RunnerError with exit code 2 when there is none, or it is of a protocol that is not spoken
 */
export function modelAddress(model: Model, serverUrl?: string): ModelAddress {
  const url = completeUrl(model, serverUrl);
  const protocol = protocolOf(model, url);
  if (url.pathname === '/' || url.pathname === '') url.pathname = standardPath(protocol, model.modelName);
  const base = protocol === 'v1' ? modelPath(url, /:predict$/) : modelPath(url, /\/infer$/);
  if (base === undefined) return { protocol, inferUrl: url.href };
  return protocol === 'v1'
    ? { protocol, inferUrl: url.href, readyUrl: base }
    : { protocol, inferUrl: url.href, readyUrl: `${base}/ready`, metadataUrl: base };
}

function completeUrl({ url, modelUrl }: Model, serverUrl: string | undefined): URL {
  const asked = [url, modelUrl].find((text) => text !== undefined && text.trim() !== '')?.trim();
  const text = asked === undefined || asked.startsWith('/') ? joined(serverUrl, asked) : asked;
  // Upstream's words: people search for them.
  if (text === undefined) {
    throw contractRefusal('kserve.url is required: set kserve.modelUrl or kserve.inferenceServiceRef in the config');
  }
  if (/^grpcs?:\/\//i.test(text)) {
    throw contractRefusal(
      `kserve.modelUrl: ${displayUri(text)}: protocol v2-grpc is not built yet, use the HTTP address of the model`,
    );
  }
  const withScheme = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  const parsed = URL.parse(withScheme);
  if (parsed === null || parsed.hostname === '') {
    throw contractRefusal(`kserve.modelUrl: ${displayUri(text)} is no URL: write http://HOST[:PORT][/PATH]`);
  }
  return parsed;
}

function joined(serverUrl: string | undefined, path: string | undefined): string | undefined {
  return serverUrl === undefined ? undefined : `${serverUrl.replace(/\/$/, '')}${path ?? ''}`;
}

function protocolOf({ protocol = 'auto', modelVersion }: Model, { pathname }: URL): 'v1' | 'v2' {
  if (protocol !== 'auto') return protocol;
  if (pathname.endsWith(':predict')) return 'v1';
  if (pathname.includes('/v2/models/')) return 'v2';
  if (openAiPath.test(pathname)) {
    throw contractRefusal(
      `kserve.modelUrl: path ${pathname}: protocol openai is not built yet; set kserve.protocol if the model speaks v1 or v2 there`,
    );
  }
  return modelVersion === 'v1' || modelVersion === 'v2' ? modelVersion : 'v2';
}

function standardPath(protocol: 'v1' | 'v2', modelName: string | undefined): string {
  if (modelName === undefined || modelName === '') {
    throw contractRefusal('kserve.modelUrl has no path: set kserve.modelName, or write the path of the inference call');
  }
  const name = encodeURIComponent(modelName);
  return protocol === 'v1' ? `/v1/models/${name}:predict` : `/v2/models/${name}/infer`;
}

/** The URL of the model itself, its query left out: that is for the inference call. */
function modelPath(url: URL, call: RegExp): string | undefined {
  if (!call.test(url.pathname)) return undefined;
  const base = new URL(url);
  base.pathname = url.pathname.replace(call, '');
  base.search = '';
  return base.href;
}
