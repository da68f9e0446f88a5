import { jsonAnswer, textAnswer, type Answer } from '../model-registry/answer';
import { startLoopbackServer, type LoopbackServer } from '../model-registry/loopback-server';
import type { ReceivedRequest } from '../model-registry/request-log';
import { runNotebook, type NotebookOutcome, type NotebookSurroundings } from './notebook-process';

/** A notebook: Python text, or for tests without Python what it would end with. */
export type Notebook =
  string | ((parameters: Readonly<Record<string, string>>) => NotebookOutcome | Promise<NotebookOutcome>);

export interface DatabaseHandlerOptions {
  /** @default 0, a free one */
  readonly port?: number;
  /** Who may call; whose database it is. @default system, with any password */
  readonly username?: string;
  readonly password?: string;
  /** Python and database for notebooks that are Python text. */
  readonly surroundings?: Pick<NotebookSurroundings, 'python' | 'packages' | 'database'>;
  readonly notebooks?: Readonly<Record<string, Notebook>>;
}

/** A running double of the FinOps database handler. */
export interface DatabaseHandler extends LoopbackServer {
  readonly notebooks: Map<string, Notebook>;
  /** Records that were uploaded, by table. */
  readonly uploads: ReadonlyMap<string, readonly object[]>;
  /** Answers this instead of working, for so many calls: for what stands before the handler, or its start. */
  answerNext(answer: Answer, times: number): void;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a call is, once it is known who calls. */
interface HandledCall {
  readonly request: ReceivedRequest;
  readonly credentials: Credentials;
}

/** Starts the double on 127.0.0.1; the README beside this file says what it is faithful in. @throws when the port is taken */
export async function startDatabaseHandler(options: DatabaseHandlerOptions = {}): Promise<DatabaseHandler> {
  const notebooks = new Map(Object.entries(options.notebooks ?? {}));
  const uploads = new Map<string, object[]>();
  const instead: Answer[] = [];
  const handler = new Handler(options, notebooks, uploads);
  const server = await startLoopbackServer((request) => instead.shift() ?? handler.answer(request), options.port ?? 0);
  return {
    ...server,
    notebooks,
    uploads,
    answerNext: (answer, times) => void instead.push(...Array.from({ length: times }, () => answer)),
  };
}

class Handler {
  /** The original keeps the first caller's and asks nobody after that. */
  private known: Credentials | undefined;

  constructor(
    private readonly options: DatabaseHandlerOptions,
    private readonly notebooks: Map<string, Notebook>,
    private readonly uploads: Map<string, object[]>,
  ) {}

  async answer(request: ReceivedRequest): Promise<Answer> {
    const given = basicCredentials(request.headers.authorization);
    if (given === undefined) return jsonAnswer(401, { error: 'Basic auth is required' });
    if (this.known === undefined && !this.mayCall(given)) return jsonAnswer(401, { error: 'Wrong credentials' });
    this.known ??= given;
    return this.routed({ request, credentials: this.known });
  }

  private mayCall({ username, password }: Credentials): boolean {
    const { username: wanted = 'system', password: secret } = this.options;
    const decoded = Buffer.from(password, 'base64').toString('utf8');
    return username === wanted && (secret === undefined || password === secret || decoded === secret);
  }

  private async routed(call: HandledCall): Promise<Answer> {
    const { method, url } = call.request;
    const route = `${method} ${url.pathname}`;
    if (route === 'GET /') return textAnswer(200, 'OK');
    if (route === 'POST /upload') return this.upload(call.request);
    if (route === 'GET /compute/list') return jsonList([...this.notebooks.keys()].map((name) => [name]));
    const [, name, action] = /^\/compute\/([^/]+)(?:\/(info|upload))?$/.exec(url.pathname) ?? [];
    if (name === undefined) return jsonAnswer(400, { error: 'Bad request' });
    if (method === 'POST' && action === undefined) return this.compute(name, call);
    if (method === 'GET' && action === 'info') return this.info(name);
    if (method === 'POST' && action === 'upload') return this.uploadNotebook(name, call.request);
    if (method === 'DELETE' && action === undefined) return this.remove(name);
    return jsonAnswer(405, { error: 'Method not allowed' });
  }

  private async compute(name: string, { request, credentials }: HandledCall): Promise<Answer> {
    const notebook = this.notebooks.get(name);
    const type = request.headers.accept === 'application/json' ? 'application/json' : 'text/html; charset=utf-8';
    const answered = (body: string): Answer => ({ status: 200, headers: { 'content-type': type }, body });
    if (notebook === undefined) return answered('');
    try {
      const parameters = textMembers(JSON.parse(request.body));
      const { exitCode, stdout, stderr } = await this.run(notebook, parameters, credentials);
      return answered(exitCode === 0 ? stdout.replace(/^\n+|\n+$/g, '') : stderr);
    } catch (error) {
      return jsonAnswer(500, { error: wordsOf(error) });
    }
  }

  private async run(
    notebook: Notebook,
    parameters: Readonly<Record<string, string>>,
    credentials: Credentials,
  ): Promise<NotebookOutcome> {
    if (typeof notebook === 'function') return notebook(parameters);
    const { surroundings } = this.options;
    if (surroundings === undefined) throw new Error('the double was started without Python');
    return runNotebook(notebook, parameters, { ...surroundings, ...credentials });
  }

  private info(name: string): Answer {
    const code = this.notebooks.get(name);
    return jsonAnswer(code === undefined ? 404 : 200, { notebook: name, code: typeof code === 'string' ? code : '' });
  }

  private uploadNotebook(name: string, { url, body }: ReceivedRequest): Answer {
    const free = !this.notebooks.has(name) || url.searchParams.get('overwrite') === 'true';
    if (free) this.notebooks.set(name, body);
    return jsonAnswer(200, { result: free });
  }

  private remove(name: string): Answer {
    return this.notebooks.delete(name) ? jsonAnswer(200, { result: 'deleted' }) : jsonAnswer(500, { result: 'error' });
  }

  private upload({ url, body }: ReceivedRequest): Answer {
    const [table, type] = [url.searchParams.get('table'), url.searchParams.get('type')];
    if (table === null) return jsonAnswer(400, { error: 'Table name is required' });
    let records: unknown;
    try {
      records = JSON.parse(body);
    } catch {
      return jsonAnswer(400, { error: 'Body is no JSON' });
    }
    if (!Array.isArray(records)) return jsonAnswer(400, { error: 'Body is no list' });
    if (records.length === 0) return jsonAnswer(200, { result: 'No data to process' });
    if (type !== 'cost' && type !== 'resource') return jsonAnswer(500, { message: 'Unknown type' });
    this.uploads.set(table, [...(this.uploads.get(table) ?? []), ...(records as object[])]);
    return jsonAnswer(200, { message: 'Data uploaded', records_processed: records.length, time_taken: 0 });
  }
}

function jsonList(list: readonly unknown[]): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(list) };
}

function basicCredentials(header: string | undefined): Credentials | undefined {
  const [, encoded] = /^Basic (.+)$/.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [, username = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return { username, password };
}

/** The original joins names and values of a notebook's arguments, which fails for everything but text. */
function textMembers(body: unknown): Readonly<Record<string, string>> {
  if (typeof body !== 'object' || body === null) throw new Error('the body is no object');
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') throw new Error(`can only concatenate str (not ${typeof value}) to str: ${name}`);
    // One argument of a process; the kernel counts the zero byte behind it.
    if (Buffer.byteLength(`${name}=${value}`) > 131_071) throw new Error("[Errno 7] Argument list too long: 'python'");
  }
  return body as Readonly<Record<string, string>>;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
