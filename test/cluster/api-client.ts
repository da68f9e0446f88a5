import { Agent, request } from 'undici';

/** Whom to talk to, and as whom. */
export interface ApiClientOptions {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** CA certificates, PEM. */
  readonly ca: string;
  /** Bearer token; absent = anonymous. */
  readonly token?: string;
}

/** HTTP methods of the Kubernetes API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The parts of a request besides method and path. */
export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** @default 'application/json' */
  readonly contentType?: string;
  /** @default 'application/json' */
  readonly accept?: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
}

/** The API server's answer, whatever its status. */
export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON; text where the answer is none (`/readyz`). */
  readonly body: unknown;
  /** Texts of the Warning headers, such as the API server's on unknown fields or Pod security. */
  readonly warnings: readonly string[];
}

/** One identity's way to the API server for tests: answers of any status come back as they are. */
export class ApiClient {
  private readonly agent: Agent;

  constructor(private readonly options: ApiClientOptions) {
    this.agent = new Agent({ allowH2: false, connect: { ca: options.ca }, connections: 64 });
  }

  /** @param path absolute, without query, for example `/api/v1/namespaces` */
  async request(method: Method, path: string, options: RequestOptions = {}): Promise<ApiAnswer> {
    const { token, url } = this.options;
    const target = new URL(path, url);
    for (const [name, value] of Object.entries(options.query ?? {})) target.searchParams.set(name, String(value));
    const { statusCode, headers, body } = await request(target, {
      method,
      dispatcher: this.agent,
      headers: {
        accept: options.accept ?? 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(options.body !== undefined && { 'content-type': options.contentType ?? 'application/json' }),
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
    const text = await body.text();
    const json = String(headers['content-type']).includes('json');
    return { status: statusCode, body: json ? JSON.parse(text) : text, warnings: warningTexts(headers['warning']) };
  }

  /** Ends idle connections, and running requests with them. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

/** Texts of Warning headers (RFC 7234): `299 - "text"`, several of them in one header or in many. */
export function warningTexts(header: string | string[] | undefined): string[] {
  const warnings = [header ?? []].flat().join(', ');
  const texts = warnings.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...texts].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}
