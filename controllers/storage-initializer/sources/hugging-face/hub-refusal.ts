import { STATUS_CODES } from 'node:http';
import type { HeaderFields } from '../../http/http-client';
import { oneLine } from '../../log';
import { StorageError, storageFailure } from '../../storage-error';

/** What was asked for, when the hub refused. */
export interface RefusedRequest {
  /** `owner/model`, of a file `owner/model/path`. */
  readonly name: string;
  readonly endpoint: string;
  readonly revision: string;
  readonly hasToken: boolean;
}

/**
 * What a refusal of the hub means. It says more in `X-Error-Code` than by the status: 401 stands for a wrong token, a gated repository,
 * and, when nobody is logged in, for a repository that does not exist.
 */
export function hubRefusal(
  { name, endpoint, revision, hasToken }: RefusedRequest,
  status: number,
  headers: HeaderFields,
  body: string,
): StorageError {
  const said = text(headers['x-error-message']) ?? '';
  const failure = (kind: 'credentials' | 'not-found' | 'denied', cause: string) =>
    storageFailure('HuggingFace', kind, name, cause);
  switch (text(headers['x-error-code'])) {
    case 'GatedRepo':
      return failure('credentials', said === '' ? `${name} is gated` : said);
    case 'RevisionNotFound':
      return storageFailure('HuggingFace', 'not-found', `${name}:${revision}`, `there is no revision '${revision}'`);
    case 'EntryNotFound':
      return failure('not-found', said);
    case 'RepoNotFound':
      return failure(
        'not-found',
        `it does not exist, or is private and ${hasToken ? 'the token may not see it' : 'needs HF_TOKEN'}`,
      );
    default:
  }
  if (status === 401) return failure('credentials', said === '' ? `${name}: 401 Unauthorized` : said);
  // The address that the hub redirects to is signed for an hour; the next request gets a new one.
  if (status === 403 && /expired/i.test(body) && text(headers['x-error-code']) === undefined) {
    return storageFailure('HuggingFace', 'connection', name, 'the signed address had expired');
  }
  if (status === 403) return failure('denied', said);
  if (status === 404) return failure('not-found', said);
  const cause = `${endpoint} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  return new StorageError('other', `HuggingFace error: ${name}: ${cause}${said === '' ? '' : `: ${said}`}`);
}

function text(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === 'string' ? oneLine(field).slice(0, 300) : undefined;
}
