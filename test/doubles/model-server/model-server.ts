import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { poison, type Fault } from './faults';
import { Refused, servedModels, type ModelOutput, type ServedModel } from './models';
import { readTensorRequest } from './tensor-message';

/**
 * A double of a model server: Triton, or KServe's own, can't be installed everywhere. It speaks the Open Inference Protocol (JSON and
 * binary tensors) and protocol v1, and has the models of `models.ts`: fakes with the shapes of real ones.
 *
 * Limits: names, shapes and counts are checked, datatypes are not; no versions beside the one; no gRPC, no statistics, no repository
 * calls; parameters are taken and passed over; everything is answered in one piece.
 */
export interface ModelServer {
  readonly url: string;
  /** The first thousand inference calls, oldest first. */
  readonly calls: readonly ModelCall[];
  /** Faults of the next inference calls, one each; then all is well. */
  inject(...faults: readonly Fault[]): void;
  close(): Promise<void>;
}

/** An inference call that came in. */
export interface ModelCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ModelServerOptions {
  /** More names of the models, for those that a user has named otherwise. @default none */
  readonly names?: Readonly<Record<string, string>>;
  /** @default a free one */
  readonly port?: number;
  /** Looks at readiness that find the model not ready. @default 0 */
  readonly looksUntilReady?: number;
  /** Status of the readiness call when the server has none: 404. @default it has one */
  readonly readinessStatus?: number;
  /** Whether `GET` of a model is answered. @default true */
  readonly metadata?: boolean;
  /** Bytes of a body above which 413 is answered. @default no limit */
  readonly largestBody?: number;
  /** The header `Authorization` that is needed. @default none */
  readonly authorization?: string;
  /** Milliseconds before each answer of an inference call. @default 0 */
  readonly delayMs?: number;
}

/** Calls that are remembered; the log of a server that runs for hours must not grow. */
const remembered = 1000;

export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const calls: ModelCall[] = [];
  const faults: Fault[] = [];
  let looks = options.looksUntilReady ?? 0;

  function answer(incoming: IncomingMessage, body: Buffer): Reply {
    const path = new URL(`http://model${incoming.url ?? '/'}`).pathname;
    if (options.authorization !== undefined && incoming.headers.authorization !== options.authorization) {
      return json(401, { error: 'missing or wrong credentials' });
    }
    if (/^\/v2\/health\/(live|ready)$/.test(path)) return json(200, {});
    const [, name, call = ''] =
      /^\/v[12]\/models\/([^/:]+)(?:\/versions\/\d+)?(:predict|\/infer|\/ready|)$/.exec(path) ?? [];
    const model = name === undefined ? undefined : servedModels[options.names?.[name] ?? name];
    if (name === undefined || model === undefined)
      return json(404, { error: `Request for unknown model: '${name ?? path}'` });
    if (call === '/ready' || (call === '' && path.startsWith('/v1/'))) {
      if (options.readinessStatus !== undefined) return json(options.readinessStatus, {});
      looks -= 1;
      return looks >= 0
        ? json(503, { error: `Model with name ${name} is not ready.` })
        : json(200, { name, ready: true });
    }
    if (call === '') return options.metadata === false ? json(404, { detail: 'Not Found' }) : metadata(name, model);
    if (calls.length < remembered) calls.push({ path, headers: incoming.headers, body });
    if (body.length > (options.largestBody ?? Infinity)) return json(413, { error: 'request entity too large' });
    const fault = faults.shift();
    if (fault?.kind === 'status') return { status: fault.status, headers: fault.headers ?? {}, body: fault.body ?? '' };
    if (fault?.kind === 'body') return { status: 200, headers: {}, body: fault.body };
    const reply = inferred(call, name, model, body, incoming.headers, fault?.kind === 'short');
    return fault === undefined ? reply : { ...reply, fault };
  }

  const server = createServer((incoming, response) => {
    const deal = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
      const reply = answer(incoming, Buffer.concat(chunks));
      const delay = reply.fault?.kind === 'slow' ? reply.fault.ms : (options.delayMs ?? 0);
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay).unref());
      send(reply, incoming, response);
    };
    deal().catch(() => incoming.socket.destroy());
  });
  await listen(server, options.port ?? 0);
  return {
    url: addressOf(server),
    calls,
    inject: (...more) => void faults.push(...more),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly fault?: Fault;
}

function send({ status, headers, body, fault }: Reply, incoming: IncomingMessage, response: ServerResponse): void {
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers, 'content-length': bytes.length });
  if (fault?.kind === 'half') response.write(bytes.subarray(0, bytes.length / 2), () => incoming.socket.destroy());
  else response.end(bytes);
}

function json(status: number, body: object): Reply {
  return { status, headers: {}, body: JSON.stringify(body) };
}

function metadata(name: string, { inputs, outputs, tells }: ServedModel): Reply {
  const tensors = tells ? { inputs, outputs } : { inputs: [], outputs: [] };
  return json(200, { name, versions: ['1'], platform: 'double', ...tensors });
}

function inferred(
  call: string,
  name: string,
  model: ServedModel,
  body: Buffer,
  headers: IncomingHttpHeaders,
  short: boolean,
): Reply {
  try {
    if (body.includes(String(poison))) throw new Refused(`could not convert value ${poison}`);
    if (call === ':predict') return predicted(model, body, short);
    const length = headers['inference-header-content-length'];
    const request = readTensorRequest(body, length === undefined ? undefined : Number(length));
    const outputs = model
      .infer(request.inputs)
      .filter((output) => request.outputs === undefined || request.outputs.includes(output.name));
    return tensorReply({ model_name: name, model_version: '1', id: request.id }, outputs, request.binaryAnswer, short);
  } catch (error) {
    if (error instanceof Refused || error instanceof SyntaxError) return json(400, { error: error.message });
    throw error;
  }
}

function predicted(model: ServedModel, body: Buffer, short: boolean): Reply {
  const { instances } = JSON.parse(body.toString('utf8')) as { instances: unknown[] };
  if (model.predict === undefined) throw new Refused('the model does not speak protocol v1');
  const predictions = model.predict(instances);
  return json(200, { predictions: short ? predictions.slice(0, -1) : predictions });
}

function tensorReply(head: object, outputs: readonly ModelOutput[], binary: boolean, short: boolean): Reply {
  const start = JSON.stringify(head).slice(0, -1);
  const pieces: Buffer[] = [];
  const tensors = outputs.map(({ name, datatype, shape, text, bytes, cells }) => {
    const dimensions = short ? [(shape[0] ?? 0) - 1, ...shape.slice(1)] : shape;
    const said = `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":${JSON.stringify(dimensions)}`;
    if (bytes !== undefined && binary) {
      pieces.push(bytes);
      return `${said},"parameters":{"binary_data_size":${bytes.length}}}`;
    }
    const values = cells === undefined ? `[${text ?? ''}]` : JSON.stringify(cells);
    const stride = dimensions.slice(1).reduce((product, length) => product * length, 1);
    const data = short ? JSON.stringify((JSON.parse(values) as unknown[]).slice(0, -stride)) : values;
    return `${said},"data":${data}}`;
  });
  const written = Buffer.from(`${start},"outputs":[${tensors.join(',')}]}`);
  if (pieces.length === 0) return { status: 200, headers: {}, body: written };
  const headers = {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(written.length),
  };
  return { status: 200, headers, body: Buffer.concat([written, ...pieces]) };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('listening on 127.0.0.1: the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
