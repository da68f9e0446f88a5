import { httpInput, type Pagination } from '../../../../definitions/inference/storage/http';
import type { Compression, ItemFormat } from '../../../../definitions/inference/storage/input-format';
import type { HeaderFields } from '../../../storage-initializer/http/http-client';
import type { JsonPath } from '../../json-path';
import { compressionExtensions, extensions } from '../../formats/file-format';
import type { Input } from '../../input';
import { parseJson } from '../../json';
import type { Work } from '../../work';
import { FilesInput, type InputFile } from '../items-of-files';
import { itemSettings, parseSettings, pathOf } from '../settings';
import { headerOf, openServer, type HttpServer, type ServerRequest } from './http-server';
import { firstPage, nextPage, NoNextPage } from './next-page';

const place = 'input.http';

/** Most bytes of a page: it is in memory, so that it can be asked for again when it breaks. */
const largestPage = 64 * 1024 * 1024;

/** Items of a server's answers. @throws RunnerError with exit code 2 for settings, 7 for an endpoint */
export async function createInput(settings: unknown, work: Work): Promise<Input> {
  const parsed = parseSettings(httpInput, settings, place);
  const { method = 'GET', body, pagination = { type: 'none' } } = parsed;
  const format = itemSettings(parsed, place);
  const next = pathOf(pagination.next ?? '$.next', 'pagination.next', place) ?? [];
  const server = await openServer(parsed, work, 'input');
  const request = (url: string): ServerRequest => ({ method, url, headers: server.headers, body });
  return new FilesInput({
    kind: 'http',
    repeatable: pagination.type === 'none',
    settings: format,
    files: (signal) =>
      pagination.type === 'none'
        ? onlyAnswer(server, request(server.url), signal)
        : pages(server, request, pagination, next, signal),
    close: () => server.close(),
  });
}

/** One answer of any size, read as it comes: when it breaks nobody can say that another one would go on where it broke. */
async function* onlyAnswer(server: HttpServer, request: ServerRequest, signal: AbortSignal): AsyncGenerator<InputFile> {
  const { headers, body } = await server.send(request, async (answer) => answer, signal);
  yield {
    name: nameOf(request.url, headers),
    open: async function* () {
      try {
        yield* body;
      } catch (error) {
        throw signal.aborted ? error : server.failure(request, `the answer broke: ${String(error)}`, error);
      }
    },
  };
}

async function* pages(
  server: HttpServer,
  request: (url: string) => ServerRequest,
  pagination: Pagination,
  next: JsonPath,
  signal: AbortSignal,
): AsyncGenerator<InputFile> {
  let url: string | undefined = firstPage(server.url, pagination);
  while (url !== undefined) {
    const asked: ServerRequest = request(url);
    const { headers, content } = await server.send(
      asked,
      async (answer) => ({ headers: answer.headers, content: await wholeBody(server, asked, answer.body) }),
      signal,
    );
    let items = 0;
    yield {
      name: nameOf(url, headers),
      open: async function* () {
        yield content;
      },
      finished: (count) => (items = count),
    };
    try {
      const document = pagination.type === 'cursor' ? { document: parseJson(content.toString('utf8')) } : {};
      url = nextPage({ url, items, link: headerOf(headers, 'link'), ...document }, pagination, next);
    } catch (error) {
      if (error instanceof NoNextPage) throw server.failure(asked, error.message);
      if (error instanceof SyntaxError) throw server.failure(asked, 'the answer is not JSON, and has no cursor');
      throw error;
    }
  }
}

async function wholeBody(server: HttpServer, request: ServerRequest, body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > largestPage) throw server.failure(request, 'a page is larger than 64 MiB, set pagination.size lower');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const formats: readonly (readonly [type: RegExp, format: ItemFormat])[] = [
  [/^application\/(x-)?(ndjson|jsonlines|jsonl)|^application\/x-json-stream/, 'jsonl'],
  [/^(application|text)\/([a-z.]+\+)?json/, 'json'],
  [/^text\/csv/, 'csv'],
];
const encodings: Readonly<Record<string, Compression>> = { gzip: 'gzip', 'x-gzip': 'gzip', zstd: 'zstd' };

/** The path, with the extensions that the answer's type stands for: what is said of this answer counts more than its name. */
function nameOf(url: string, headers: HeaderFields): string {
  const { origin, pathname } = new URL(url);
  const type = headerOf(headers, 'content-type')?.trim().toLowerCase() ?? '';
  const format = formats.find(([like]) => like.test(type))?.[1];
  const encoding = encodings[headerOf(headers, 'content-encoding')?.trim().toLowerCase() ?? ''];
  const extension = format === undefined ? '' : `.${extensions[format]}`;
  return `${origin}${pathname}${extension}${encoding === undefined ? '' : compressionExtensions[encoding]}`;
}
