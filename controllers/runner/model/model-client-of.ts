import type { ItemError, ValidItem } from '../item';
import type { ModelClient, Prediction, RequestStatistics } from '../model-client';
import type { Work } from '../work';
import { displayUri } from '../../storage-initializer/display-uri';
import { modelAddress, type ModelAddress } from './address';
import type { Codec, EncodedRequest } from './codec';
import { keptOf } from './kept-of';
import { ModelCalls } from './model-calls';
import { modelEndpoint, modelRoute, type OpenRoute } from './model-route';
import { waitUntilReady } from './readiness';
import { readMetadata } from './read-metadata';
import { configuredHeaders, RequestNames, standingHeaders } from './request-headers';
import { requestSettings, type RequestSettings } from './request-settings';
import { v1Codec } from './v1-codec';
import type { ModelMetadata } from './v2-answer';
import { v2Codec } from './v2-codec';

/** Longest wait for metadata: a model that is ready has them at hand. */
const metadataTimeoutMs = 10_000;

type Headers = Readonly<Record<string, string>>;

/** What is known once the model is ready. */
interface Prepared {
  readonly route: OpenRoute;
  readonly calls: ModelCalls;
  readonly codec: Codec;
  readonly url: URL;
  readonly headers: Headers;
}

/**
 * The model of the Contract behind its protocol.
 *
 * With `execution.dryRun` requests are built and nothing is sent, not even a look whether the model is ready; every prediction is null.
 *
 * @throws RunnerError with exit code 2 for settings that can't be used
 */
export function createModelClient(work: Work): ModelClient {
  return new HttpModelClient(work, requestSettings(work.execution, work.environment));
}

class HttpModelClient implements ModelClient {
  private prepared: Prepared | undefined;
  private readonly names: RequestNames;

  constructor(
    private readonly work: Work,
    private readonly settings: RequestSettings,
  ) {
    this.names = new RequestNames(work.executionId, isKrateo(work.contract), work.random);
  }

  readonly statistics: RequestStatistics = statisticsOf(() => this.prepared?.calls);

  async prepare(signal: AbortSignal): Promise<void> {
    const { work, settings } = this;
    const { contract, environment, clock, random, log, execution } = work;
    const endpoint = await modelEndpoint(work, settings);
    let route: OpenRoute | undefined;
    try {
      const address = modelAddress(contract.kserve, endpoint?.url);
      route = modelRoute(endpoint, address.inferUrl, settings, environment);
      const headers = standingHeaders(endpoint?.headers ?? {}, this.ownHeaders());
      const metadata = execution.dryRun ? undefined : await this.ready(route, address, headers, signal);
      const calls = new ModelCalls({ route, settings, clock, random, log });
      this.prepared = {
        route,
        calls,
        codec: codecOf(work, address, metadata),
        url: new URL(address.inferUrl),
        headers,
      };
      log.info({ url: displayUri(address.inferUrl), protocol: address.protocol }, 'model found');
    } catch (error) {
      await (route ?? endpoint)?.close();
      throw error;
    }
  }

  async infer(items: readonly ValidItem[], signal: AbortSignal): Promise<readonly (Prediction | ItemError)[]> {
    const { codec } = this.preparation();
    const { requests, refused } = codec.encode(items, (first, last) => this.names.id(first, last));
    const [only] = requests;
    // The usual case: the answers of the request are those of the items.
    if (only !== undefined && only.positions.length === items.length) return this.predictions(only, items, signal);
    const results: (Prediction | ItemError)[] = new Array<Prediction | ItemError>(items.length);
    for (const [position, error] of refused) results[position] = error;
    for (const request of requests) {
      const predictions = await this.predictions(request, items, signal);
      predictions.forEach((prediction, at) => (results[request.positions[at] ?? 0] = prediction));
    }
    return results;
  }

  async close(): Promise<void> {
    await this.prepared?.route.close();
  }

  private async predictions(
    { positions, headers: ofRequest, body }: EncodedRequest,
    items: readonly ValidItem[],
    signal: AbortSignal,
  ): Promise<readonly Prediction[]> {
    const { codec, calls, url, headers } = this.preparation();
    if (this.work.execution.dryRun) return positions.map(() => ({ predictions: null }));
    const [first, last] = [items[positions[0] ?? 0], items[positions.at(-1) ?? 0]];
    const all = { ...headers, ...ofRequest, ...this.names.headers(first?.index ?? 0, last?.index ?? 0) };
    const answer = await calls.call({ method: 'POST', url, headers: all, body }, signal);
    return codec.decode(answer, positions.length);
  }

  /** Waits for the model, and reads what it says about its tensors. */
  private async ready(
    route: OpenRoute,
    { readyUrl, metadataUrl }: ModelAddress,
    headers: Headers,
    signal: AbortSignal,
  ): Promise<ModelMetadata | undefined> {
    const { clock, random, log, execution } = this.work;
    const { waitSeconds, pollSeconds } = execution.readiness;
    if (readyUrl !== undefined && waitSeconds > 0) {
      const wait = { route, url: readyUrl, metadataUrl, headers, waitSeconds, pollSeconds, clock, log };
      await waitUntilReady(wait, signal);
    }
    if (metadataUrl === undefined) return undefined;
    // Not counted among the inference calls, but tried again like them: without metadata a shape may be wrong.
    const settings = { ...this.settings, timeoutMs: metadataTimeoutMs };
    const calls = new ModelCalls({ route, settings, clock, random, log });
    try {
      return readMetadata(await calls.call({ method: 'GET', url: new URL(metadataUrl), headers }, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      // Not every server has them: the config, or the items, then say what the tensors are.
      log.info({ url: displayUri(metadataUrl), err: error }, 'the model does not tell its tensors');
      return undefined;
    }
  }

  private ownHeaders(): Headers {
    const { headers, malformed } = configuredHeaders(this.work.contract.kserve.headers ?? []);
    for (const position of malformed) {
      // Its value may be a secret.
      this.work.log.warn({ header: `kserve.headers[${position}]` }, 'not a header `Name: value`, it is not sent');
    }
    return headers;
  }

  private preparation(): Prepared {
    if (this.prepared === undefined) throw new Error('asking the model: it has not been prepared');
    return this.prepared;
  }
}

function codecOf({ contract }: Work, { protocol }: ModelAddress, metadata: ModelMetadata | undefined): Codec {
  const { kserve: model, output } = contract;
  const kept = keptOf(output);
  const krateo = isKrateo(contract);
  if (protocol === 'v1') return v1Codec({ model, kept, nullsByDefault: krateo ? 'zero' : undefined });
  return v2Codec({ model, kept, metadata, nullsByDefault: krateo ? 'zero' : 'error' });
}

function isKrateo({ input }: Work['contract']): boolean {
  return input !== undefined && Object.hasOwn(input, 'krateo');
}

function statisticsOf(calls: () => ModelCalls | undefined): RequestStatistics {
  return {
    get requests() {
      return calls()?.requests ?? 0;
    },
    get retries() {
      return calls()?.retries ?? 0;
    },
    latency: () => calls()?.latencies.summary(),
  };
}
